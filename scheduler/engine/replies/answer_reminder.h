// Ends a reminder that a patient has answered.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_ANSWER_REMINDER_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_ANSWER_REMINDER_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Completes `row` with the answer of `reply`, or replaces an earlier answer by it, ends the other reminders of its
// group as ApplyAnswerToGroup does, and sets off what reacts to the answer. The answer counts from `time`, when it
// came; `now` is the present time on the clinic's clock. Updates `context`. Fails only if the store does. Thread safe.
absl::Status AnswerReminder(store::WriteTransaction& tx, const store::ReplyRow& reply, absl::Time time, absl::Time now,
                            EnrollmentContext* context, store::ReminderRow row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_ANSWER_REMINDER_H_
