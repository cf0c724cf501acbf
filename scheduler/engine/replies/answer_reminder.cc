#include "scheduler/engine/replies/answer_reminder.h"

#include <utility>

#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/replies/groups.h"
#include "scheduler/engine/replies/reactions.h"

namespace aftercare::engine {

absl::Status AnswerReminder(store::WriteTransaction& tx, const store::ReplyRow& reply, absl::Time time, absl::Time now,
                            EnrollmentContext* context, store::ReminderRow row) {
  const v1::Reply& answer = reply.data;
  row.score.reset();
  if (answer.has_score()) row.score = answer.score();
  if (answer.has_choice()) row.score = answer.choice();
  // That something was not done is kept as the score 0; that it was done needs none.
  if (answer.has_done() && !answer.done()) row.score = 0;
  absl::Status status;
  if (row.state == v1::REMINDER_STATE_COMPLETED) {
    row.state_time = time;  // What came between the two answers replaces neither.
    status = StoreReminder(tx, *context, row, now);
  } else {
    status = ChangeReminder(tx, *context, ReminderEvent::kComplete, v1::REMINDER_REASON_ANSWERED, now, &row);
    row.state_time = time;
    if (status.ok() && time != now) {
      status = tx.UpdateReminder(row);
      if (status.ok()) status = CountAtOnce(tx, *context);  // It may have been answered on an earlier day.
    }
  }
  if (status.ok()) status = ApplyAnswerToGroup(tx, row.key, now, context);
  return status.ok() ? ReactToAnswer(tx, row, reply.reply, time, now, context) : status;
}

}  // namespace aftercare::engine
