#include "scheduler/engine/enrollments/pause_enrollment.h"

#include <algorithm>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/enrollments/running_enrollment.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/wakeup_topics.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxPauses = 100;

// Changes one enrollment of a mutation.
using EnrollmentChange =
    absl::AnyInvocable<absl::Status(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now)>;

absl::Status Refusal(absl::string_view reason, const store::EnrollmentRow& row, absl::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason,
                   absl::StrCat(EnrollmentNameOf(row.clinic, row.enrollment), " ", why));
}

// Makes messages that are due available to gateways from their due time on, or, if not `available`, takes them away
// from gateways and ends leases. What is out of its window by now ends with `closed_event` and `reason`, even if the
// sweep has not got to it yet.
absl::Status SetAvailable(store::WriteTransaction& tx, const EnrollmentContext& context, bool available,
                          ReminderEvent closed_event, v1::ReminderReason reason, absl::Time now) {
  auto rows = RowsOf(tx, context, kPendingStates);
  if (!rows.ok()) return rows.status();
  for (store::ReminderRow& row : *rows) {
    const bool is_closed = WindowHasClosed(context, row, now);
    if (!is_closed && (IsTask(context, row) || row.state == v1::REMINDER_STATE_SCHEDULED)) continue;
    row.available.reset();
    if (available) MakeAvailable(context, row.due, &row);
    absl::Status status;
    if (is_closed) {
      status = ChangeReminder(tx, context, closed_event, reason, now, &row);
    } else if (row.state == v1::REMINDER_STATE_DUE) {
      status = tx.UpdateReminder(row);
    } else {
      tx.NoteLeaseRevoked(row);
      status = ChangeReminder(tx, context, ReminderEvent::kRelease, v1::REMINDER_REASON_UNSPECIFIED, now, &row);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Pause(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now) {
  store::EnrollmentRow& row = context->row;
  if (row.state == v1::ENROLLMENT_STATE_PAUSED) return Refusal("ENROLLMENT_PAUSED", row, "is paused already");
  if (row.history.pauses_size() >= kMaxPauses) {
    return Refusal("TOO_MANY_PAUSES", row, absl::StrCat("was paused ", kMaxPauses, " times"));
  }
  // What is due by now comes due first, even if the sweep has not got to it yet.
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

// Changes the running enrollment that `request` names by `change`.
template <typename Request, typename Response>
void ChangeEnrollment(EngineContext& engine, const CallPtr& call, const Request& request, Response* response,
                      EnrollmentChange change, Done done) {
  plan::FieldErrors errors;
  const auto name = ParseEnrollmentName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/enrollments/{enrollment}"});
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Mutate(
      request, name->clinic, request.request_id(), response,
      [&engine, name = *name, &request, response,
       change = std::move(change)](store::WriteTransaction& tx) mutable -> absl::Status {
        auto enrollment = RequireRunningEnrollment(engine, tx, name, request.etag());
        if (!enrollment.ok()) return enrollment.status();
        EnrollmentContext& context = enrollment->context;
        if (absl::Status status = change(tx, &context, enrollment->now); !status.ok()) return status;
        *response->mutable_enrollment() = EnrollmentToProto(context.row);
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace

absl::Status ResumeAndFire(EngineContext& engine, store::WriteTransaction& tx, EnrollmentContext* context,
                           absl::Time now) {
  store::EnrollmentRow row = context->row;
  const int64_t begin = row.history.hold_micros();
  const int64_t end = std::max(begin, absl::ToUnixMicros(now));  // the clock may have been set back
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
  tx.NoteLeasable(context->row.clinic);
  return Replan(tx, context, now).status();
}

void PauseEnrollment(EngineContext& engine, const CallPtr& call, const v1::PauseEnrollmentRequest& request,
                     v1::PauseEnrollmentResponse* response, Done done) {
  ChangeEnrollment(engine, call, request, response, Pause, std::move(done));
}

void ResumeEnrollment(EngineContext& engine, const CallPtr& call, const v1::ResumeEnrollmentRequest& request,
                      v1::ResumeEnrollmentResponse* response, Done done) {
  const auto resume = [&engine](store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now) {
    if (context->row.state == v1::ENROLLMENT_STATE_PAUSED) return ResumeAndFire(engine, tx, context, now);
    return Refusal("ENROLLMENT_NOT_PAUSED", context->row, "is not paused");
  };
  ChangeEnrollment(engine, call, request, response, resume, std::move(done));
}

}  // namespace aftercare::engine
