// Sums of v1::PlanDiff over several enrollments. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_DIFF_COUNTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_DIFF_COUNTS_H_

#include "aftercare/v1/plan_diff.pb.h"

namespace aftercare::engine {

// Adds the counts of `one` to those of `all`.
void AddCounts(const v1::PlanDiff& one, v1::PlanDiff* all);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_DIFF_COUNTS_H_
