// Enrollments::Pause and Resume.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/enrollments/enrollments.h"
#include "scheduler/engine/enrollments/pausing.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/replanning.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/wakeup_topics.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxPauses = 100;

// Messages that are due are available from then on, or, if not `available`, never, and then leases are over. What is
// out of its window by now, even if the sweep has not got to it yet, ends by `closed`, for `reason`.
absl::Status SetAvailable(store::WriteTransaction& tx, const EnrollmentContext& context, bool available,
                          ReminderEvent closed, v1::ReminderReason reason, absl::Time now) {
  auto rows = RowsOf(tx, context, kPendingStates);
  if (!rows.ok()) return rows.status();
  for (store::ReminderRow& row : *rows) {
    const bool is_over = WindowHasClosed(row, now);
    const bool is_task = RuleOf(context, row).compiled().audience == v1::AUDIENCE_CARE_TEAM;
    if (!is_over && (is_task || row.state == v1::REMINDER_STATE_SCHEDULED)) continue;
    row.available.reset();
    if (available) row.available = row.due;
    absl::Status status;
    if (is_over) {
      status = ChangeReminder(tx, context, closed, reason, now, &row);
    } else if (row.state == v1::REMINDER_STATE_DUE) {
      status = tx.UpdateReminder(row);
    } else {
      status = ChangeReminder(tx, context, ReminderEvent::kRelease, v1::REMINDER_REASON_UNSPECIFIED, now, &row);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status PauseNow(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now) {
  store::EnrollmentRow& row = context->row;
  if (row.state == v1::ENROLLMENT_STATE_PAUSED) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "ENROLLMENT_PAUSED",
                     absl::StrCat(EnrollmentNameOf(row.clinic, row.enrollment), " is paused already"));
  }
  if (row.history.pauses_size() >= kMaxPauses) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "TOO_MANY_PAUSES",
                     absl::StrCat(EnrollmentNameOf(row.clinic, row.enrollment), " was paused ", kMaxPauses, " times"));
  }
  // What came due up to this instant has come due, even if the sweep has not got to it yet.
  if (auto fired = FireEnrollment(tx, context, now); !fired.ok()) return fired.status();
  absl::Status status =
      SetAvailable(tx, *context, false, ReminderEvent::kExpire, v1::REMINDER_REASON_WINDOW_CLOSED, now);
  if (!status.ok()) return status;
  row.state = v1::ENROLLMENT_STATE_PAUSED;
  ++row.version;
  plan::SetTimestamp(now, row.data.mutable_pause_time());
  row.history.set_hold_micros(absl::ToUnixMicros(now) + 1);
  if (status = Replan(tx, context, now).status(); !status.ok()) return status;
  return LogEnrollment(tx, row, v1::EVENT_TYPE_ENROLLMENT_PAUSED, now);
}

}  // namespace

absl::Status ResumeNow(EngineContext& engine, store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now) {
  store::EnrollmentRow row = context->row;
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
  auto resumed = MakeEnrollmentContext(engine, tx, std::move(row));
  if (!resumed.ok()) return resumed.status();
  *context = *std::move(resumed);
  absl::Status status = LogEnrollment(tx, context->row, v1::EVENT_TYPE_ENROLLMENT_RESUMED, now);
  if (!status.ok()) return status;
  status = SetAvailable(tx, *context, true, ReminderEvent::kSuppress, v1::REMINDER_REASON_PAUSED, now);
  if (!status.ok()) return status;
  return Replan(tx, context, now).status();
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
  engine_.Mutate(
      request, name->clinic, request.request_id(), response,
      [this, name = *name, &request, response, wake, change](store::WriteTransaction& tx) -> absl::Status {
        *wake = absl::InfiniteFuture();
        auto clinic = RequireClinic(tx, name.clinic);
        if (!clinic.ok()) return clinic.status();
        auto context = RequireEnrollmentContext(engine_, tx, name.clinic, name.enrollment);
        if (!context.ok()) return context.status();
        absl::Status status = CheckEtag(request.etag(), context->row.version, request.name());
        if (status.ok()) status = CheckNotEnded(context->row);
        if (status.ok()) status = change(tx, &*context, engine_.Now(*clinic));
        if (!status.ok()) return status;
        *wake = WakeTimeOf(context->row);
        *response->mutable_enrollment() = EnrollmentToProto(context->row);
        return absl::OkStatus();
      },
      [this, wake, clinic = name->clinic, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) {
          engine_.wakeups().Notify(LeasesTopic(clinic));  // what was held back may be leased again
          engine_.wakeups().Notify(kAllLeasesTopic);
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
  const auto resume = [this](store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now) {
    if (context->row.state == v1::ENROLLMENT_STATE_PAUSED) return ResumeNow(engine_, tx, context, now);
    return MakeError(absl::StatusCode::kFailedPrecondition, "ENROLLMENT_NOT_PAUSED",
                     absl::StrCat(EnrollmentNameOf(context->row.clinic, context->row.enrollment), " is not paused"));
  };
  ChangeNow(caller, request, response, resume, std::move(done));
}

}  // namespace aftercare::engine
