// What an answer to one reminder means for the others of its group.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_GROUPS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_GROUPS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Ends what an answer to `answered`, given at `now`, makes needless by the groups of the pathway the enrollment is on
// by now: what is unsent of its own instance CANCELLED / ANSWERED, and whole every later instance whose first unsent
// reminder is due within the group's silence, CANCELLED / SILENCED. What is due by `now` fires before. `context` is
// updated. Nothing happens where the reminder is of no group, or has no place in the plan any more. Answers when the
// sweeper must look; InfiniteFuture if it need not.
absl::StatusOr<absl::Time> EndAnswered(store::WriteTransaction& tx, const store::ReminderKey& answered, absl::Time now,
                                       EnrollmentContext* context);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_GROUPS_H_
