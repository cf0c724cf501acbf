// How an enrollment fires: its occurrences that come due become reminders with a row. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_FIRING_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_FIRING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Fires what is due: each occurrence of the enrollment with next_due <= due <= now gets a row. Moves next_due past
// `now`, in the store and in `context`. Replans the enrollment instead if it is stale, or if something is due and the
// rows must be compared with the plan. The events carry no actor, since time causes them. Returns how many occurrences
// fired, as FireOccurrences counts them.
absl::StatusOr<int64_t> FireEnrollment(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now);

// What an enrollment fires at one instant, computed ahead of the mutation.
struct FiringPlan {
  std::shared_ptr<const EnrollmentContext> context;  // as it will be after firing
  store::RowVersion planned_from;                    // the enrollment's row as it was when this was computed
  std::vector<plan::Occurrence> due;                 // in order of due time
};

// Computes what FireEnrollment will fire at `now`. Returns nothing if nothing is due, or if the enrollment needs
// replanning first.
std::optional<FiringPlan> PlanFiring(EnrollmentContext context, absl::Time now);

// Fires as planned, at `now`, and returns how many occurrences fired. Returns nothing, with nothing done, if the
// enrollment has changed since it was planned. Sets no actor: `tx` must have none.
absl::StatusOr<std::optional<int64_t>> FirePlanned(store::WriteTransaction& tx, const FiringPlan& plan, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_FIRING_H_
