// What an answer to one reminder means for the other reminders of its group.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_GROUPS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_GROUPS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Cancels the reminders that an answer to `answered`, given at `now`, makes needless. By the groups of the enrollment's
// present pathway these are:
// - what is unsent of the answered reminder's own instance: CANCELLED / ANSWERED;
// - every later instance whose first unsent reminder is due within the group's silence: CANCELLED / SILENCED.
// What is due by `now` fires before. Does nothing if the reminder is in no group, or is in the plan no more.
//
// Updates `context`. Thread safe.
absl::Status ApplyAnswerToGroup(store::WriteTransaction& tx, const store::ReminderKey& answered, absl::Time now,
                                EnrollmentContext* context);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_GROUPS_H_
