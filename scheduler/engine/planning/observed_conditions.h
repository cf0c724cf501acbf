// Conditions on what the patient answered (v1::ObservedCondition), decided from the rows of an enrollment when a
// reminder comes due. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_OBSERVED_CONDITIONS_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_OBSERVED_CONDITIONS_H_

#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/observed.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Decides the conditions of a rule, given by its index in the present pathway, as of `now`. `rows` are all rows of the
// enrollment.
std::vector<v1::Observation> ObserveConditions(const EnrollmentContext& context, int rule,
                                               const std::vector<store::ReminderRow>& rows, absl::Time now);

// Records in a row what was observed when its reminder came due. Stores nothing.
void NoteObservations(const std::vector<v1::Observation>& observations, store::ReminderRow* row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_OBSERVED_CONDITIONS_H_
