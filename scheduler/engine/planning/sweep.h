// A sweep does what follows from the passing of time on one clock: occurrences that come due fire, messages whose
// window closes expire, and tasks that nobody has acknowledged by their deadline escalate. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_SWEEP_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_SWEEP_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/fair_share.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// What one sweep looks at.
struct SweepScope {
  absl::string_view clock;  // the clinic whose test clock it is, or empty for real time
  absl::Time now;           // on that clock
  int limit = 0;            // about so many enrollments fire at most, and so many reminders expire or escalate at most
};

// The last enrollment of each clinic that a plan holds.
using SweepPositions = std::map<std::string, store::SchedulePosition>;

// What enrollments will fire in a sweep, computed ahead so that the writer's thread need not do it.
struct SweepPlan {
  absl::Time now = absl::InfiniteFuture();  // the instant it was computed for; InfiniteFuture if it is empty
  std::vector<FiringPlan> firing;           // of each clinic in order of due time
  // Where the next plan begins, if there may be more to fire than this one holds.
  std::optional<SweepPositions> end;
};

// `fired` counts occurrences as FireOccurrences does. `expired` counts the reminders whose window closed: they became
// EXPIRED, or SUPPRESSED if a pause held them back. `escalated` counts the escalation steps that tasks went.
struct SweepResult {
  int64_t fired = 0;
  int64_t expired = 0;
  int64_t escalated = 0;
  bool more = false;  // the limit was reached: sweep again
  // The enrollments that fired, for CacheFiredEnrollments.
  std::vector<std::shared_ptr<const EnrollmentContext>> contexts;
};

// Computes from a snapshot what a sweep of the same scope will fire, shared fairly among the clinics (fair_share.h).
// Replaces what is in `plan`. Begins after `after`, the end of a plan that is being fired meanwhile, or with what is
// due first if that is empty. `last_clinic` is moved on.
absl::Status PlanSweep(EngineContext& engine, store::ReadTransaction& tx, const SweepScope& scope,
                       const SweepPositions& after, RoundRobinCursor& last_clinic, SweepPlan* plan);

// Expires and escalates, then fires, what is due. Uses `plan` for the enrollments that have not changed since it was
// computed, and reads the others. A few reminders of clinics that the plan does not know come with it, so that they
// need not wait for the next. Ignores the plan if its instant is later than that of `scope`. An empty plan is always
// valid.
absl::StatusOr<SweepResult> Sweep(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx,
                                  const SweepScope& scope, const SweepPlan& plan);

// Moves the contexts of `result` into the cache, where leases and reports of the reminders will find them. Call it when
// the sweep is durable.
void CacheFiredEnrollments(EnrollmentCache& cache, SweepResult* result);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_SWEEP_H_
