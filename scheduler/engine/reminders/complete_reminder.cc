#include "scheduler/engine/reminders/complete_reminder.h"

#include <optional>
#include <string>
#include <utility>

#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/engine/reminders/named_change.h"
#include "scheduler/engine/replies/groups.h"
#include "scheduler/engine/replies/reactions.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

// Stores that the reminder is completed.
absl::Status StoreCompleted(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now,
                            FoundReminder* found) {
  constexpr v1::ReminderReason kNoReason = v1::REMINDER_REASON_UNSPECIFIED;
  if (found->row) {
    if (auto steps = EscalateOverdue(tx, context, now, &*found->row); !steps.ok()) return steps.status();
    return ChangeReminder(tx, context, ReminderEvent::kComplete, kNoReason, now, &*found->row);
  }
  store::ReminderRow added = NewReminderRow(context, *found->occurrence, found->key.code);
  const ReminderStatus status = DerivedStatus(context, *found->occurrence, now);
  if (!IsHeldByContactHours(status)) added.state = status.state;
  if (added.state != v1::REMINDER_STATE_SCHEDULED) {
    // What only the plan has ended (late, or after the enrollment's end) stays ended: this is refused.
    return ChangeReminder(tx, context, ReminderEvent::kComplete, kNoReason, now, &added);
  }
  return InsertReminder(tx, context, ReminderEvent::kComplete, kNoReason, now, &added).status();
}

// Sets `key` to the reminder's present name.
absl::Status Complete(EngineContext& engine, store::WriteTransaction& tx, store::ReminderKey* key) {
  auto clinic = RequireClinic(tx, key->clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, key->clinic, key->enrollment);
  if (!context.ok()) return context.status();
  const absl::Time now = engine.Now(*clinic);
  auto found = FindReminder(tx, *context, *key);
  if (!found.ok()) return found.status();
  *key = found->key;
  const bool was_completed = found->row && found->row->state == v1::REMINDER_STATE_COMPLETED;
  const bool was_told = found->row && StandingOf(*found->row) == plan::Standing::kTold;
  absl::Status status = StoreCompleted(tx, *context, now, &*found);
  // Only the first completion is an answer.
  if (!status.ok() || was_completed) return status;
  status = ApplyAnswerToGroup(tx, *key, now, &*context);
  if (!status.ok()) return status;
  auto row = tx.GetReminder(*key, context->row.row_id);
  if (!row.ok()) return row.status();
  if (row->has_value()) status = ReactToAnswer(tx, **row, /*reply=*/"", now, now, &*context);
  if (!status.ok() || was_told) return status;
  // What was done stands for what it tells, as if it had been sent.
  return Replan(tx, &*context, now).status();
}

}  // namespace

void CompleteReminder(EngineContext& engine, const CallPtr& call, const v1::CompleteReminderRequest& request,
                      v1::CompleteReminderResponse* response, Done done) {
  ChangeNamed(engine, call, Complete, request, response, std::move(done));
}

}  // namespace aftercare::engine
