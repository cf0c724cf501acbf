#include "scheduler/engine/planning/ending.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/lifecycle/visit_view.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// Ends the reminders that have a row and are not sent yet, leased ones included.
absl::Status EndOpenReminders(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now) {
  auto rows = RowsOf(tx, context, kPendingStates);
  if (!rows.ok()) return rows.status();
  for (store::ReminderRow& row : *rows) {
    absl::Status status =
        EndUnsentReminder(tx, context, ReminderEvent::kEnd, v1::REMINDER_REASON_ENROLLMENT_ENDED, now, &row);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Logs that the end of the enrollment cancels its booked visits that have not begun. They need not be changed:
// VisitAsItStands says so of every enrollment that has ended.
absl::Status LogCancelledVisits(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now) {
  if (context.row.history.visits().empty()) return absl::OkStatus();
  auto clinic = RequireClinic(tx, context.row.clinic);
  if (!clinic.ok()) return clinic.status();
  for (int i = 0; i < context.pathway->visit_count(); ++i) {
    if (VisitAsItStands(context, i).state == context.facts.visits[i].state) continue;
    absl::Status status = LogVisit(tx, context.row, VisitToProto(context, clinic->data, i), now);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Time EndsAt(const EnrollmentContext& context) {
  const auto& end = context.pathway->end();
  if (!end || context.row.state == v1::ENROLLMENT_STATE_ENDED) return absl::InfiniteFuture();
  return absl::FromCivil(plan::DateOf(*end, context.facts.procedure_date) + 1, context.facts.zone);
}

absl::Status CheckRuns(const EnrollmentContext& context, absl::Time now) {
  if (context.row.state == v1::ENROLLMENT_STATE_ENDED || EndsAt(context) > now) return CheckNotEnded(context.row);
  store::EnrollmentRow ended = context.row;
  ended.state = v1::ENROLLMENT_STATE_ENDED;
  return CheckNotEnded(ended);
}

void ComeDueAtEnd(const EnrollmentContext& context, std::optional<absl::Time>* next_due) {
  const absl::Time end = EndsAt(context);
  if (end < absl::InfiniteFuture()) *next_due = std::min(next_due->value_or(end), end);
}

absl::Status EndNow(store::WriteTransaction& tx, v1::EndReason reason, absl::Time now, EnrollmentContext* context) {
  if (absl::Status status = EndOpenReminders(tx, *context, now); !status.ok()) return status;
  store::EnrollmentRow& row = context->row;
  row.state = v1::ENROLLMENT_STATE_ENDED;
  ++row.version;
  row.data.set_end_reason(reason);
  plan::SetTimestamp(now, row.data.mutable_end_time());
  // Where clocks were set back, what came due by an earlier calendar may lie after the end by the present one.
  if (absl::Status status = Replan(tx, context, now).status(); !status.ok()) return status;
  if (absl::Status status = LogCancelledVisits(tx, *context, now); !status.ok()) return status;
  return LogEnrollment(tx, row, v1::EVENT_TYPE_ENROLLMENT_ENDED, now);
}

}  // namespace aftercare::engine
