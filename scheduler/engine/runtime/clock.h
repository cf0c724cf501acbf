#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CLOCK_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CLOCK_H_

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// Where the engine learns what time it is. Thread safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Returns the current time in whole microseconds, which is the precision of the store.
  virtual absl::Time Now() const = 0;

  // Waits until this clock shows `deadline` or `wake` is notified, and may return early. `wake` belongs to `mutex`,
  // which is released while waiting. A clock that is set forward past the deadline ends the wait.
  virtual void WaitUntil(Mutex& mutex, CondVar& wake, absl::Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) = 0;
};

// Real time.
class SystemClock : public Clock {
 public:
  absl::Time Now() const override;
  void WaitUntil(Mutex& mutex, CondVar& wake, absl::Time deadline) override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CLOCK_H_
