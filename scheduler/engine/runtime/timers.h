#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TIMERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TIMERS_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// Calls back after a span of time on the steady clock, which does not change when the system's clock is set. All timers
// share one thread, on which the callbacks run without a lock. Callbacks must be short and must not block; they may
// call Start and Cancel. Thread safe.
class Timers {
 public:
  using Callback = absl::AnyInvocable<void()>;
  using Id = std::pair<std::chrono::steady_clock::time_point, uint64_t>;

  Timers();

  // Waits for a callback that is running. Drops the timers that have not ended, without calling them.
  ~Timers();

  // Calls `callback` once, `delay` from now. Returns an id for Cancel.
  Id Start(absl::Duration delay, Callback callback) ABSL_LOCKS_EXCLUDED(mutex_);

  // Stops a timer. Returns true if its callback will not be called, false if it was called or is running.
  bool Cancel(Id id) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Run() ABSL_LOCKS_EXCLUDED(mutex_);

  Mutex mutex_;
  CondVar wake_;
  std::map<Id, Callback> timers_ ABSL_GUARDED_BY(mutex_);  // by due time
  uint64_t next_number_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last, so that the other members are constructed before it runs
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TIMERS_H_
