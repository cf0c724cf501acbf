#include "scheduler/engine/runtime/call.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/hash.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kRequestIdRetention = absl::Hours(24);
constexpr int kDeletedPerMutation = 4;  // more than one mutation adds, so that the table shrinks

bool IsOneClinic(absl::string_view clinic) { return clinic != kAllClinics && clinic != kNoClinic; }

// Returns whether the answer to a request that came at `then` is still remembered `now`, both in real time. If the
// clock was set back since, `then` may be later than `now`: the answer is remembered by the same bound.
bool IsRemembered(absl::Time then, absl::Time now) { return absl::AbsDuration(now - then) < kRequestIdRetention; }

// Runs `work` once for a request id: a second request with the same id and body gets the first one's answer, as long as
// that is remembered. After that the id is as good as new, though the answer may not have been deleted yet.
absl::Status RunOnce(store::WriteTransaction& tx, store::RequestRow& row, google::protobuf::Message* response,
                     Call::WriteWork& work) {
  auto earlier = tx.GetRequest(row.clinic, row.request_id);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value() && !IsRemembered((*earlier)->time, row.time)) {
    if (absl::Status status = tx.DeleteRequest(row.clinic, row.request_id); !status.ok()) return status;
  } else if (earlier->has_value()) {
    if ((*earlier)->body_hash != row.body_hash) {
      return MakeError(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
                       absl::StrCat("request_id ", row.request_id, " was used for another request"));
    }
    response->ParseFromString((*earlier)->response);
    return absl::OkStatus();
  }
  if (absl::Status status = work(tx); !status.ok()) return status;
  row.response = response->SerializeAsString();
  if (absl::Status status = tx.InsertRequest(row); !status.ok()) return status;
  return tx.DeleteRequestsOutside(row.time - kRequestIdRetention, row.time + kRequestIdRetention, kDeletedPerMutation);
}

}  // namespace

Call::~Call() {
  if (open_id_ != 0) engine_.open_calls().Remove(open_id_);
}

std::string Call::clinic() const {
  MutexLock lock(mutex_);
  return clinic_;
}

absl::Status Call::CheckAwaited() const {
  if (cancelled_) return absl::CancelledError("the caller has gone");
  if (details_.deadline != SteadyTime::max() && std::chrono::steady_clock::now() >= details_.deadline) {
    return absl::DeadlineExceededError("the deadline of the call has passed");
  }
  return absl::OkStatus();
}

absl::Status Call::Authorize(absl::string_view clinic) const {
  return engine_.authorizer().Authorize(details_.caller, details_.method->permission,
                                        IsOneClinic(clinic) ? clinic : absl::string_view());
}

absl::Status Call::Admit(absl::string_view clinic) {
  if (clinic.empty()) return absl::InternalError("a call says which clinic it is about");
  if (IsOneClinic(clinic)) {
    MutexLock lock(mutex_);
    clinic_ = std::string(clinic);
  }
  return Authorize(clinic);
}

absl::Status Call::StayOpen(absl::string_view clinic, OpenCalls::OnDenied on_denied) {
  const uint64_t id = engine_.open_calls().Add(weak_from_this(), clinic, std::move(on_denied));
  {
    MutexLock lock(mutex_);
    open_id_ = id;
  }
  absl::Status status = Admit(clinic);
  if (!status.ok()) engine_.open_calls().Remove(id);
  return status;
}

store::AccessCheck Call::AccessOf(absl::string_view clinic) {
  if (!IsOneClinic(clinic)) {
    return [self = shared_from_this(), is_for_all = clinic == kAllClinics](absl::string_view touched) {
      if (!touched.empty()) return self->Authorize(touched);
      return is_for_all ? absl::InternalError("a call reached for what belongs to no clinic") : absl::OkStatus();
    };
  }
  return [self = shared_from_this(), clinic = std::string(clinic)](absl::string_view touched) {
    if (touched == clinic) return absl::OkStatus();
    const auto& also = self->also_touched_;
    if (std::find(also.begin(), also.end(), touched) != also.end()) return self->Authorize(touched);
    return absl::InternalError(absl::StrCat("a call about ", clinic, " reached for data of '", touched, "'"));
  };
}

store::Store::ReadJob Call::ReadJobOf(absl::string_view clinic, ReadWork work, Done done) {
  return [self = shared_from_this(), access = AccessOf(clinic), work = std::move(work),
          done = std::move(done)](absl::StatusOr<store::ReadTransaction*> tx) mutable {
    absl::Status status = tx.ok() ? self->CheckAwaited() : tx.status();
    if (status.ok()) {
      (*tx)->set_access(&access);
      status = work(**tx);
      (*tx)->set_access(nullptr);
    }
    done(std::move(status));
  };
}

void Call::Read(absl::string_view clinic, ReadWork work, Done done) {
  if (absl::Status status = Admit(clinic); !status.ok()) return done(std::move(status));
  engine_.store_.Read(ReadJobOf(clinic, std::move(work), std::move(done)));
}

void Call::ReadInBackground(absl::string_view clinic, ReadWork work, Done done) {
  if (absl::Status status = Admit(clinic); !status.ok()) return done(std::move(status));
  engine_.store_.ReadInBackground(ReadJobOf(clinic, std::move(work), std::move(done)));
}

void Call::Write(absl::string_view clinic, google::protobuf::Message* response, WriteWork work, Done done) {
  if (absl::Status status = Admit(clinic); !status.ok()) return done(std::move(status));
  engine_.store_.Submit(
      [self = shared_from_this(), access = AccessOf(clinic), response, work = std::move(work),
       begun = false](store::WriteTransaction& tx) mutable -> absl::Status {
        // A second run repeats the first: other mutations of the group have seen what that wrote.
        if (absl::Status status = begun ? absl::OkStatus() : self->CheckAwaited(); !status.ok()) return status;
        begun = true;
        if (response != nullptr) response->Clear();
        tx.set_access(&access);
        tx.set_actor(self->caller().principal);
        absl::Status status = work(tx);
        tx.set_access(nullptr);
        return status;
      },
      std::move(done));
}

void Call::Mutate(const google::protobuf::Message& request, absl::string_view clinic, absl::string_view request_id,
                  google::protobuf::Message* response, WriteWork work, Done done) {
  if (request_id.empty()) return Write(clinic, response, std::move(work), std::move(done));
  store::RequestRow row{std::string(clinic), std::string(request_id), Fingerprint(request), engine_.clock().Now(), ""};
  Write(
      clinic, response,
      [row = std::move(row), response, work = std::move(work)](store::WriteTransaction& tx) mutable {
        return RunOnce(tx, row, response, work);
      },
      std::move(done));
}

void Call::MutateUnlessValidating(bool validate_only, const google::protobuf::Message& request,
                                  absl::string_view clinic, absl::string_view request_id,
                                  google::protobuf::Message* response, ValidatingWork work, Done done) {
  if (validate_only) {
    return Read(
        clinic, [work = std::move(work)](store::ReadTransaction& tx) mutable { return work(tx, nullptr); },
        std::move(done));
  }
  Mutate(
      request, clinic, request_id, response,
      [work = std::move(work)](store::WriteTransaction& tx) mutable { return work(tx, &tx); }, std::move(done));
}

}  // namespace aftercare::engine
