#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CLOCK_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CLOCK_H_

#include <condition_variable>
#include <mutex>
#include <set>

#include "absl/time/time.h"

namespace aftercare::engine {

// Where the engine learns what time it is. Thread safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Now, to the microsecond, which is what the store keeps.
  virtual absl::Time Now() const = 0;

  // Waits until this clock shows `deadline` or `wake` is notified; may return early. `lock` is held on `wake`'s mutex.
  // A clock that is set while waiting is noticed.
  virtual void WaitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, absl::Time deadline) = 0;
};

// Real time.
class SystemClock : public Clock {
 public:
  absl::Time Now() const override;
  void WaitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, absl::Time deadline) override;
};

// Time for tests: stands still until it is moved.
class FakeClock : public Clock {
 public:
  explicit FakeClock(absl::Time now) : now_(now) {}

  // Moves the clock, forwards or back, and wakes everyone who waits.
  void Set(absl::Time now);
  void Advance(absl::Duration duration) { Set(Now() + duration); }

  absl::Time Now() const override;
  void WaitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, absl::Time deadline) override;

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
  std::multiset<std::condition_variable*> waiters_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CLOCK_H_
