// What time alone brings about on one clock: occurrences that come due fire, and reminders whose window closes expire.
// Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SWEEP_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SWEEP_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// What one sweep looks at.
struct SweepScope {
  absl::string_view clock;  // the clinic whose test clock it is, or empty for real time
  absl::Time now;           // on that clock
  int limit = 0;            // fires at most about so many enrollments, and expires at most so many reminders
};

// What enrollments will fire in a sweep, computed beforehand so that the writer's thread need not do it.
struct SweepPlan {
  absl::Time now = absl::InfiniteFuture();  // the instant it was computed for
  std::vector<FiringPlan> firing;           // in order of due time
};

struct SweepResult {
  int64_t fired = 0;
  int64_t expired = 0;
  bool more = false;  // the limit was reached: sweep again
  // The enrollments that fired. They go to CacheFiredEnrollments when the mutation is durable.
  std::vector<std::shared_ptr<const EnrollmentContext>> contexts;
};

// Computes from a snapshot what a sweep of the same scope will fire. Replaces what is in `plan`.
absl::Status PlanSweep(EngineContext& engine, store::ReadTransaction& tx, const SweepScope& scope, SweepPlan* plan);

// Expires, then fires, what is due. Uses `plan` if its instant has come, for those enrollments that have not changed
// since it was computed; the others are read. An empty plan is always right.
absl::StatusOr<SweepResult> Sweep(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx,
                                  const SweepScope& scope, const SweepPlan& plan);

// Moves the contexts of `result` into the cache, for those who lease and report the reminders. To be called when the
// sweep is durable.
void CacheFiredEnrollments(EnrollmentCache& cache, SweepResult* result);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SWEEP_H_
