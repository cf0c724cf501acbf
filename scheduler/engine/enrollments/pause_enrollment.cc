// Enrollments::Pause and Resume.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/enrollments/change_facts.h"
#include "scheduler/engine/enrollments/enroll.h"
#include "scheduler/engine/enrollments/enrollments.h"
#include "scheduler/engine/enrollments/pausing.h"
#include "scheduler/engine/lifecycle/changes.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxPauses = 100;

// Messages that are due are available from then on, or, if not `available`, never, and then leases are over. What is out
// of its window by now, even if the sweep has not got to it yet, ends by `closed`, for `reason`.
absl::Status SetAvailable(store::Transaction& tx, const Subject& subject, bool available, Input closed,
                          v1::ReminderReason reason, absl::Time now) {
  auto rows =
      RowsOf(tx, subject, {v1::REMINDER_STATE_SCHEDULED, v1::REMINDER_STATE_DUE, v1::REMINDER_STATE_LEASED});
  if (!rows.ok()) return rows.status();
  for (store::ReminderRow& row : *rows) {
    const bool is_over = row.closes && *row.closes <= now;
    const bool is_task = RuleOf(subject, row).compiled().audience == v1::AUDIENCE_CARE_TEAM;
    if (!is_over && (is_task || row.state == v1::REMINDER_STATE_SCHEDULED)) continue;
    row.available.reset();
    if (available) row.available = row.due;
    absl::Status status;
    if (is_over) {
      status = ChangeReminder(tx, subject, closed, reason, now, &row);
    } else if (row.state == v1::REMINDER_STATE_DUE) {
      status = tx.UpdateReminder(row);
    } else {
      status = ChangeReminder(tx, subject, Input::kRelease, v1::REMINDER_REASON_UNSPECIFIED, now, &row);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status PauseNow(store::Transaction& tx, Subject* subject, absl::Time now) {
  store::EnrollmentRow& row = subject->row;
  if (row.state == v1::ENROLLMENT_STATE_PAUSED) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "ENROLLMENT_PAUSED",
                     absl::StrCat(EnrollmentNameOf(row.clinic, row.enrollment), " is paused already"));
  }
  if (row.history.pauses_size() >= kMaxPauses) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "TOO_MANY_PAUSES",
                     absl::StrCat(EnrollmentNameOf(row.clinic, row.enrollment), " was paused ", kMaxPauses, " times"));
  }
  // What came due up to this instant has come due, even if the sweep has not got to it yet.
  if (auto fired = FireEnrollment(tx, subject, now); !fired.ok()) return fired.status();
  absl::Status status =
      SetAvailable(tx, *subject, false, Input::kExpire, v1::REMINDER_REASON_WINDOW_CLOSED, now);
  if (!status.ok()) return status;
  row.state = v1::ENROLLMENT_STATE_PAUSED;
  ++row.version;
  plan::SetTimestamp(now, row.data.mutable_pause_time());
  row.history.set_hold_micros(absl::ToUnixMicros(now) + 1);
  if (status = Replan(tx, subject, now).status(); !status.ok()) return status;
  return LogEnrollment(tx, row, v1::EVENT_TYPE_ENROLLMENT_PAUSED, now);
}

}  // namespace

absl::Status ResumeNow(Core& core, store::Transaction& tx, Subject* subject, absl::Time now) {
  store::EnrollmentRow row = subject->row;
  const int64_t begin = row.history.hold_micros();
  const int64_t end = std::max(begin, absl::ToUnixMicros(now));  // clocks may have been set back
  if (end > begin) {
    record::v1::Pause* pause = row.history.add_pauses();
    pause->set_begin_micros(begin);
    pause->set_end_micros(end);
  }
  row.history.clear_hold_micros();
  row.state = v1::ENROLLMENT_STATE_ACTIVE;
  row.data.clear_pause_time();
  ++row.version;
  auto resumed = MakeSubject(core, tx, std::move(row));
  if (!resumed.ok()) return resumed.status();
  *subject = *std::move(resumed);
  absl::Status status = LogEnrollment(tx, subject->row, v1::EVENT_TYPE_ENROLLMENT_RESUMED, now);
  if (!status.ok()) return status;
  status = SetAvailable(tx, *subject, true, Input::kSuppress, v1::REMINDER_REASON_PAUSED, now);
  if (!status.ok()) return status;
  return Replan(tx, subject, now).status();
}

template <typename Request, typename Response, typename Change>
void Enrollments::ChangeNow(const Caller& caller, const Request& request, Response* response, Change change,
                            Done done) {
  plan::FieldErrors errors;
  const auto name = ParseEnrollmentName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/enrollments/{enrollment}"});
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  auto wake = std::make_shared<absl::Time>(absl::InfiniteFuture());
  core_.Mutate(
      request, name->clinic, request.request_id(), response,
      [this, name = *name, &request, response, wake, change](store::Transaction& tx) -> absl::Status {
        *wake = absl::InfiniteFuture();
        auto clinic = RequireClinic(tx, name.clinic);
        if (!clinic.ok()) return clinic.status();
        auto subject = RequireSubject(core_, tx, name.clinic, name.enrollment);
        if (!subject.ok()) return subject.status();
        absl::Status status = CheckEtag(request.etag(), subject->row.version, request.name());
        if (status.ok()) status = CheckRunning(subject->row);
        if (status.ok()) status = change(tx, &*subject, core_.Now(*clinic));
        if (!status.ok()) return status;
        *wake = WakeTimeOf(subject->row);
        *response->mutable_enrollment() = ShowEnrollment(subject->row);
        return absl::OkStatus();
      },
      [this, wake, clinic = name->clinic, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) {
          core_.topics().Raise(LeasesTopic(clinic));  // what was held back may be leased again
          core_.topics().Raise(kAllLeasesTopic);
          sweeper_.WakeAt(*wake);
        }
        done(std::move(status));
      });
}

void Enrollments::Pause(const Caller& caller, const v1::PauseEnrollmentRequest& request,
                        v1::PauseEnrollmentResponse* response, Done done) {
  ChangeNow(caller, request, response, PauseNow, std::move(done));
}

void Enrollments::Resume(const Caller& caller, const v1::ResumeEnrollmentRequest& request,
                         v1::ResumeEnrollmentResponse* response, Done done) {
  const auto resume = [this](store::Transaction& tx, Subject* subject, absl::Time now) {
    if (subject->row.state == v1::ENROLLMENT_STATE_PAUSED) return ResumeNow(core_, tx, subject, now);
    return MakeError(absl::StatusCode::kFailedPrecondition, "ENROLLMENT_NOT_PAUSED",
                     absl::StrCat(EnrollmentNameOf(subject->row.clinic, subject->row.enrollment), " is not paused"));
  };
  ChangeNow(caller, request, response, resume, std::move(done));
}

}  // namespace aftercare::engine
