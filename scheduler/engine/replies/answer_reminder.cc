#include "scheduler/engine/replies/answer_reminder.h"

#include <utility>

#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/replies/groups.h"

namespace aftercare::engine {

absl::Status AnswerReminder(store::WriteTransaction& tx, const v1::Reply& reply, absl::Time time, absl::Time now,
                            EnrollmentContext* context, store::ReminderRow row) {
  row.score.reset();
  if (reply.has_score()) row.score = reply.score();
  if (reply.has_choice()) row.score = reply.choice();
  // That something was not done is kept as the score 0; that it was done needs none.
  if (reply.has_done() && !reply.done()) row.score = 0;
  absl::Status status;
  if (row.state == v1::REMINDER_STATE_COMPLETED) {
    status = StoreReminder(tx, *context, row, now);
  } else {
    status = ChangeReminder(tx, *context, ReminderEvent::kComplete, v1::REMINDER_REASON_ANSWERED, now, &row);
    row.state_time = time;
    if (status.ok() && time != now) status = tx.UpdateReminder(row);
  }
  return status.ok() ? ApplyAnswerToGroup(tx, row.key, now, context) : status;
}

}  // namespace aftercare::engine
