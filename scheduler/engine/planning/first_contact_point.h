// Where a message goes first when it comes due. Thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_FIRST_CONTACT_POINT_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_FIRST_CONTACT_POINT_H_

#include "absl/status/statusor.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/records.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Returns the index of the contact point that the message of `row` goes to first. That is the first one that may be
// written to; 0 if there is none. A further question of a questionnaire goes where the question before it went that was
// answered, if that address may still be written to. So the questions come one after the other over one channel. Fails
// only if the store does.
absl::StatusOr<int> FirstContactPoint(store::ReadTransaction& tx, const EnrollmentContext& context,
                                      const store::ReminderRow& row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_FIRST_CONTACT_POINT_H_
