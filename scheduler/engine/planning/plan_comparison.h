// What a change of facts does to the reminders of one enrollment, in the words of v1::PlanDiff. Functions are thread
// safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_PLAN_COMPARISON_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_PLAN_COMPARISON_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "aftercare/v1/plan_diff.pb.h"
#include "scheduler/engine/planning/pending_reminders.h"
#include "scheduler/engine/planning/reconcile.h"
#include "scheduler/engine/planning/supersession.h"

namespace aftercare::engine {

struct PlanComparison {
  v1::PlanDiff diff{};
  std::vector<std::string> dropped_rules{};  // rules with pending reminders that the new pathway does not have, sorted

  // What this change and earlier ones leave untold. Empty if that is nothing.
  record::v1::NeverTold never_told{};
};

// Compares an enrollment before a change of facts at `now` with the same enrollment after it. `reconciliation` is what
// Reconcile returned for `after`, and `at_once` what SupersessionAtOnce did. The rows of both states have the same
// order.
PlanComparison ComparePlans(const EnrollmentState& before, const EnrollmentState& after,
                            const Reconciliation& reconciliation, const Supersession& at_once, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_PLAN_COMPARISON_H_
