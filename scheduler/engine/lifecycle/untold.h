// What changes of facts have left untold, as an enrollment keeps it. Thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_UNTOLD_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_UNTOLD_H_

#include "aftercare/record/v1/plan_history.pb.h"

namespace aftercare::engine {

// Returns what the history keeps, with ids that an earlier release wrote moved to `messages` and `appointments`.
record::v1::NeverTold UntoldOf(const record::v1::PlanHistory& history);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_UNTOLD_H_
