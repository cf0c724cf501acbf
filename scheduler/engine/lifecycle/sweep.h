// Everything that time alone brings about on one clock: what came due fires, what ran out of its window expires.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SWEEP_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SWEEP_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

struct SweepResult {
  int64_t fired = 0;
  int64_t expired = 0;
  bool more = false;  // the limit was reached: sweep again
  std::vector<std::shared_ptr<const EnrollmentContext>>
      contexts;  // that fired, to be kept when the mutation is durable
};

// What a sweep will fire, worked out ahead, so that the writer need not.
struct SweepPlan {
  absl::Time now = absl::InfiniteFuture();  // the instant it is for
  std::vector<FiringPlan> firing;           // in order
};
// On a snapshot, for the first `limit` enrollments that are due.
absl::Status PlanSweep(EngineContext& engine, store::ReadTransaction& tx, absl::string_view clock, absl::Time now,
                       int limit, SweepPlan* plan);

// Expires, then fires, what is due on `clock` at `now`; at most about `limit` enrollments and `limit` windows. Goes by
// `plan` where that is for an instant that has come, and where it still holds.
absl::StatusOr<SweepResult> Sweep(EngineContext& engine, store::WriteTransaction& tx, absl::string_view clock,
                                  absl::Time now, int limit, const SweepPlan& plan);

// Keeps what fired for those who lease and report it, once that is durable.
void CacheFiredEnrollments(EngineContext& engine, SweepResult* result);

// Sweeps the clock of real time whenever something on it is due: one thread that sleeps until the next such instant.
// Plans anew whatever enrollments a change of calendars, or of the rules of time zones, left to be.
// Thread safe.
class Sweeper {
 public:
  // The first sweep is at once, and the first mutation of the engine: whatever comes after it finds noted that the
  // rules of time zones are others than they were.
  explicit Sweeper(EngineContext& engine);
  // Waits for a sweep under way.
  ~Sweeper();

  // Something is, or may be, due at `at`: to be told of what is new. Cheap.
  void WakeAt(absl::Time at);

 private:
  void Run();
  void SweepNow(bool note_zones, SweepPlan plan = {});
  // The same with a plan made before, for when there is more to do than one sweep does.
  void SweepMore();
  void OnSweepDone(const absl::Status& status, bool more, absl::Time next);

  EngineContext& engine_;
  std::mutex mutex_;
  std::condition_variable wake_;
  absl::Time next_ = absl::InfiniteFuture();
  bool sweeping_ = true;
  bool zones_noted_ = false;
  bool more_ = false;  // the last sweep left some
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SWEEP_H_
