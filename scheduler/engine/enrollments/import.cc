#include "scheduler/engine/enrollments/import.h"

#include <openssl/sha.h>

#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/wakeup_topics.h"
#include "scheduler/plan/input/phone_numbers.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(20);

// Returns whether a line says what the enrollment was stored with. Fields that the line leaves to defaults do not
// count, since the defaults may have changed since. Telephone numbers are compared as the clinic reads them now.
bool SaysTheSame(const v1::Clinic& clinic, v1::Enrollment line, v1::Enrollment stored) {
  ClearOutputFields(&line);
  ClearOutputFields(&stored);
  plan::NormalizeContactPoints(clinic, &line);
  plan::NormalizeContactPoints(clinic, &stored);
  if (line.pathway_revision() == 0) line.set_pathway_revision(stored.pathway_revision());
  if (line.time_zone().empty()) line.set_time_zone(stored.time_zone());
  if (line.locale().empty()) line.set_locale(stored.locale());
  return google::protobuf::util::MessageDifferencer::Equals(line, stored);
}

}  // namespace

struct Import::Line {
  int64_t place = 0;  // counted from 1
  int64_t line_number = 0;
  v1::CreateEnrollmentRequest request;
  CheckedEnroll checked;

  // Enrols the patient, unless an earlier import did.
  absl::Status Enrol(EngineContext& engine, store::WriteTransaction& tx) {
    created = false;
    auto existing = tx.GetEnrollment(checked.clinic, request.enrollment_id());
    if (!existing.ok()) return existing.status();
    if (existing->has_value()) {
      const auto clinic = engine.definitions().Clinic(tx, checked.clinic);
      if (!clinic.ok()) return clinic.status();
      if (SaysTheSame((*clinic)->data, request.enrollment(), (*existing)->data)) return absl::OkStatus();
    }
    auto context = PrepareEnroll(engine, tx, request, checked);
    if (!context.ok()) return context.status();
    if (existing->has_value()) return EnrollmentExists(context->row);
    if (absl::Status status = CheckPatient(tx, context->row, request.allow_concurrent()); !status.ok()) return status;
    created = true;
    return StoreEnrolled(tx, &*context);
  }

  bool created = false;  // by the last run of Enrol
};

Import::Import(EngineContext& engine, CallPtr call, Ready ready, Ended ended)
    : engine_(engine),
      call_(std::move(call)),
      shutdown_wait_(engine.wakeups().NewId()),
      on_ready_(std::move(ready)),
      on_end_(std::move(ended)) {}

std::shared_ptr<Import> Import::Begin(EngineContext& engine, CallPtr call, Ready ready, Ended ended) {
  std::shared_ptr<Import> import(new Import(engine, std::move(call), std::move(ready), std::move(ended)));
  constexpr absl::Duration kForEver = absl::Hours(24 * 365);
  engine.wakeups().Wait(import->shutdown_wait_, kShutdownTopic, 0, kForEver,
                        [weak = std::weak_ptr<Import>(import)](WakeupHub::Wake) {
                          if (const std::shared_ptr<Import> self = weak.lock()) self->Abort(ShuttingDown());
                        });
  Import& self = *import;
  MutexLock lock(self.mutex_);
  if (!self.ended_) self.on_ready_();
  return import;
}

Import::~Import() { engine_.wakeups().Cancel(shutdown_wait_); }

void Import::Add(v1::ImportEnrollmentsRequest request, Unreadable unreadable) {
  {
    MutexLock lock(mutex_);
    if (ended_) return;
    message_requested_ = false;
    absl::Status status = CheckParent(request);
    if (status.ok()) status = AddLines(std::move(request), unreadable);
    if (!status.ok()) return End(status);
  }
  Pump();
}

absl::Status Import::CheckParent(const v1::ImportEnrollmentsRequest& request) {
  if (clinic_state_ != ClinicState::kUnnamed) {
    if (request.parent().empty() || request.parent() == parent_) return absl::OkStatus();
    return InvalidField("parent", "must be empty or the same as in the first message");
  }
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) return InvalidField("parent", "must be clinics/{clinic}");
  parent_ = request.parent();
  clinic_state_ = ClinicState::kNamed;
  return call_->StayOpen(*clinic, [weak = weak_from_this()](absl::Status status) {
    if (const std::shared_ptr<Import> self = weak.lock()) self->Abort(status);
  });
}

absl::Status Import::AddLines(v1::ImportEnrollmentsRequest request, const Unreadable& unreadable) {
  if (request.lines_size() > kMaxLines) {
    return InvalidField("lines", absl::StrCat("must be at most ", kMaxLines, " in a message"));
  }
  const bool allow_concurrent = request.allow_concurrent();
  for (int i = 0; i < request.lines_size(); ++i) {
    ++line_count_;
    const auto error = unreadable.find(i);
    if (error != unreadable.end()) {
      AddFailure(line_count_, request.lines(i).line_number(), error->second);
    } else {
      AddLine(std::move(*request.mutable_lines(i)), allow_concurrent);
    }
  }
  return absl::OkStatus();
}

void Import::AddLine(v1::ImportLine line, bool allow_concurrent) {
  auto added = std::make_shared<Line>();
  added->place = line_count_;
  added->line_number = line.line_number();
  added->request.set_parent(parent_);
  added->request.set_allow_concurrent(allow_concurrent);
  added->request.set_enrollment_id(line.enrollment_id().empty() ? ImportedEnrollmentId(line.enrollment())
                                                                : line.enrollment_id());
  added->request.mutable_enrollment()->Swap(line.mutable_enrollment());
  auto checked = CheckEnroll(added->request);
  if (!checked.ok()) return AddFailure(added->place, added->line_number, checked.status());
  added->checked = *std::move(checked);
  waiting_.push_back(std::move(added));
}

void Import::Close() {
  {
    MutexLock lock(mutex_);
    message_requested_ = false;
    closed_ = true;
    if (clinic_state_ == ClinicState::kUnnamed) return End(InvalidField("parent", "must be clinics/{clinic}"));
  }
  Pump();
}

void Import::Abort(const absl::Status& status) {
  MutexLock lock(mutex_);
  End(status);
}

// One thread at a time submits lines, so that they are submitted in their order. Whoever comes meanwhile leaves the
// rest to that thread.
void Import::Pump() {
  {
    MutexLock lock(mutex_);
    pump_again_ = true;
    if (std::exchange(pumping_, true)) return;
  }
  while (PumpOnce()) continue;
}

bool Import::PumpOnce() {
  std::string clinic;  // to look up
  std::vector<std::shared_ptr<Line>> lines;
  {
    MutexLock lock(mutex_);
    if (!std::exchange(pump_again_, false) || ended_ || paused_) return pumping_ = false;
    if (clinic_state_ == ClinicState::kNamed) {
      clinic = *ParseClinicName(parent_);
      clinic_state_ = ClinicState::kLookedUp;
    }
    if (clinic_state_ == ClinicState::kFound) lines = NextLines();
  }
  // Without the lock, since a store that refuses calls back at once.
  if (!clinic.empty()) LookUpClinic(clinic);
  for (std::shared_ptr<Line>& line : lines) Submit(std::move(line));
  return true;
}

std::vector<std::shared_ptr<Import::Line>> Import::NextLines() {
  std::vector<std::shared_ptr<Line>> lines;
  while (!waiting_.empty() && in_flight_ < kMaxInFlight) {
    lines.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    ++in_flight_;
  }
  if (!waiting_.empty()) return lines;
  if (closed_) {
    if (in_flight_ == 0) End(absl::OkStatus());
  } else if (!message_requested_ && in_flight_ < kMaxInFlight) {
    message_requested_ = true;
    on_ready_();
  }
  return lines;
}

void Import::LookUpClinic(const std::string& clinic) {
  call_->Read(
      clinic, [clinic](store::ReadTransaction& tx) { return RequireClinic(tx, clinic).status(); },
      [self = shared_from_this()](const absl::Status& status) { self->OnClinicLookedUp(status); });
}

void Import::OnClinicLookedUp(const absl::Status& status) {
  {
    MutexLock lock(mutex_);
    const bool queue_is_full = absl::IsResourceExhausted(status);
    clinic_state_ = queue_is_full ? ClinicState::kNamed : ClinicState::kFound;
    if (queue_is_full) return Pause();
    if (!status.ok()) return End(status);
  }
  Pump();
}

void Import::Submit(std::shared_ptr<Line> line) {
  const std::string& clinic = line->checked.clinic;
  call_->Write(
      clinic, /*response=*/nullptr,
      [self = shared_from_this(), line](store::WriteTransaction& tx) { return line->Enrol(self->engine_, tx); },
      [self = shared_from_this(), line](const absl::Status& status) { self->OnLineDone(line, status); });
}

void Import::OnLineDone(const std::shared_ptr<Line>& line, const absl::Status& status) {
  {
    MutexLock lock(mutex_);
    --in_flight_;
    if (ended_) return;
    if (status.ok() && line->created) {
      response_.set_created_count(response_.created_count() + 1);
    } else if (status.ok()) {
      response_.set_unchanged_count(response_.unchanged_count() + 1);
    } else if (absl::IsResourceExhausted(status)) {
      waiting_.push_front(line);
      Pause();
    } else if (absl::IsUnavailable(status)) {
      return End(status);
    } else {
      AddFailure(line->place, line->line_number, status);
    }
  }
  Pump();
}

void Import::AddFailure(int64_t place, int64_t line_number, const absl::Status& status) {
  response_.set_failed_count(response_.failed_count() + 1);
  v1::ImportFailure& failure = failures_[place];
  failure.set_line_number(line_number);
  *failure.mutable_status() = ToStatusProto(Presentable(status));
  if (failures_.size() > kMaxFailures) failures_.erase(std::prev(failures_.end()));
}

void Import::Pause() {
  if (ended_ || paused_) return;
  paused_ = true;
  // A weak pointer, since a timer that never fires, because the server stops, must not keep the import.
  engine_.timers().Start(kPause, [weak = weak_from_this()] {
    if (const std::shared_ptr<Import> self = weak.lock()) self->OnPauseOver();
  });
}

void Import::OnPauseOver() {
  {
    MutexLock lock(mutex_);
    paused_ = false;
  }
  Pump();
}

void Import::End(const absl::Status& status) {
  if (ended_) return;
  ended_ = true;
  waiting_.clear();
  if (!status.ok()) return on_end_(status);
  for (auto& [place, failure] : failures_) *response_.add_failures() = std::move(failure);
  on_end_(std::move(response_));
}

std::string ImportedEnrollmentId(const v1::Enrollment& enrollment) {
  // The sizes keep the parts apart.
  const std::string content =
      absl::StrCat(enrollment.patient().size(), ":", enrollment.patient(), enrollment.pathway().size(), ":",
                   enrollment.pathway(), enrollment.procedure_date());
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest);
  // 24 characters of 5 bits each. Ids that CreateEnrollment makes have 18 characters.
  constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuv";
  std::string id;
  for (int bit = 0; bit < 120; bit += 5) {
    const int pair = digest[bit / 8] << 8 | digest[bit / 8 + 1];
    id += kDigits[pair >> (11 - bit % 8) & 31];
  }
  return id;
}

}  // namespace aftercare::engine
