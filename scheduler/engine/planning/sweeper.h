#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_SWEEPER_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_SWEEPER_H_

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/planning/sweep.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/records.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// Sweeps the clock of real time whenever something on it comes due, on a thread that sleeps in between. It also replans
// the enrollments of all clinics, test clocks included, that a change of a calendar or of the time zone rules has made
// stale (see replanning.h). Thread safe.
class Sweeper {
 public:
  // Submits the first sweep at once, as the engine's first mutation. That sweep compares the time zone rules with those
  // of the last run, so every later mutation finds the enrollments already marked stale if the rules have changed.
  // Both arguments must outlive the sweeper.
  Sweeper(EngineContext& engine, EnrollmentCache& cache);

  // Waits for a sweep under way.
  ~Sweeper();

  // Makes the next sweep begin at `time` (real time), or earlier. Call it after each commit with the wake time of its
  // CommitNotes. Cheap.
  void WakeAt(absl::Time time) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Run() ABSL_LOCKS_EXCLUDED(mutex_);
  // Submits a sweep. OnSweepDone follows. `check_zones` also compares the time zone rules with those of the last run.
  // While the writer fires `plan`, a reader's thread plans what comes after it.
  void SweepNow(bool check_zones, SweepPlan plan = {});
  // Plans a sweep on a reader's thread, then submits it. Used while more is due than one sweep takes.
  void PlanAndSweep();
  struct Outcome;
  absl::Status RunSweep(store::WriteTransaction& tx, bool check_zones, const SweepPlan& plan, Outcome* outcome);
  void OnSweepDone(Outcome& outcome) ABSL_LOCKS_EXCLUDED(mutex_);

  EngineContext& engine_;
  EnrollmentCache& cache_;
  RoundRobinCursor last_clinic_;
  Mutex mutex_;
  CondVar wake_;
  absl::Time next_sweep_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool sweeping_ ABSL_GUARDED_BY(mutex_) = true;
  bool zones_checked_ ABSL_GUARDED_BY(mutex_) = false;
  bool more_due_ ABSL_GUARDED_BY(mutex_) = false;  // the last sweep reached its limit
  SweepPlan ahead_ ABSL_GUARDED_BY(mutex_);        // what the next sweep fires, if that is planned already
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last, since it uses the other members at once
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_SWEEPER_H_
