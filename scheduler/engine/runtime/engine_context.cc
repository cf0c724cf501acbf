#include "scheduler/engine/runtime/engine_context.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kRequestIdRetention = absl::Hours(24);
constexpr int kDeletedPerMutation = 4;  // more than one mutation adds, so that the table shrinks

store::Store::ReadJob JobOf(absl::AnyInvocable<absl::Status(store::ReadTransaction&)> work, Done done) {
  return [work = std::move(work), done = std::move(done)](absl::StatusOr<store::ReadTransaction*> tx) mutable {
    done(tx.ok() ? work(**tx) : tx.status());
  };
}

}  // namespace

void EngineContext::Read(absl::AnyInvocable<absl::Status(store::ReadTransaction&)> work, Done done) {
  store_.Read(JobOf(std::move(work), std::move(done)));
}

void EngineContext::ReadInBackground(absl::AnyInvocable<absl::Status(store::ReadTransaction&)> work, Done done) {
  store_.ReadInBackground(JobOf(std::move(work), std::move(done)));
}

void EngineContext::RunInBackground(absl::AnyInvocable<void()> work) {
  store_.ReadInBackground([work = std::move(work)](const absl::StatusOr<store::ReadTransaction*>&) mutable { work(); });
}

void EngineContext::Mutate(const google::protobuf::Message& request, absl::string_view clinic,
                           absl::string_view request_id, google::protobuf::Message* response,
                           store::Store::Mutation work, Done done) {
  if (request_id.empty()) {
    Write(
        [response, work = std::move(work)](store::WriteTransaction& tx) mutable {
          response->Clear();
          return work(tx);
        },
        std::move(done));
    return;
  }
  store::RequestRow row{std::string(clinic), std::string(request_id), Fingerprint(request), clock_.Now(), ""};
  Write(
      [response, row = std::move(row), work = std::move(work)](store::WriteTransaction& tx) mutable -> absl::Status {
        response->Clear();
        auto earlier = tx.GetRequest(row.clinic, row.request_id);
        if (!earlier.ok()) return earlier.status();
        if (earlier->has_value()) {
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
        return tx.DeleteRequestsBefore(row.time - kRequestIdRetention, kDeletedPerMutation);
      },
      std::move(done));
}

absl::Time EngineContext::Now(const store::ClinicRow& clinic) const {
  return clinic.data.has_test_clock_time() ? plan::ToTime(clinic.data.test_clock_time()) : RealNow();
}

store::ClockId ClockOf(const store::ClinicRow& clinic) {
  return clinic.data.has_test_clock_time() ? clinic.clinic : "";
}

}  // namespace aftercare::engine
