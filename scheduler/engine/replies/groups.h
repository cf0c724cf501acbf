// Cancels reminders of a group when the patient has answered one of them.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_GROUPS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_GROUPS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Cancels the other reminders of a group that are no longer needed, because the patient answered `answered` at `now`.
// The group is that of the enrollment's present pathway. Cancelled are:
// - the unsent reminders of the same instance of the group, as CANCELLED / ANSWERED;
// - all unsent reminders of each later instance, as CANCELLED / SILENCED, if the first of them is due within the
//   group's silence, counted from `now`.
// Reminders that are due by `now` fire first. Cancels nothing if the reminder has no group, if the present plan does
// not have the reminder, or if the enrollment has ended.
//
// Updates `context`. Fails only if the store does. Thread safe.
absl::Status ApplyAnswerToGroup(store::WriteTransaction& tx, const store::ReminderKey& answered, absl::Time now,
                                EnrollmentContext* context);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_GROUPS_H_
