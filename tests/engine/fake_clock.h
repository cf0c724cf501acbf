#ifndef AFTERCARE_TESTS_ENGINE_FAKE_CLOCK_H_
#define AFTERCARE_TESTS_ENGINE_FAKE_CLOCK_H_

#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "scheduler/engine/runtime/clock.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// A clock for tests. It stands still until a test moves it. Thread safe.
class FakeClock : public Clock {
 public:
  explicit FakeClock(absl::Time now) : now_(now) {}

  // Moves the clock, forwards or back, and wakes all threads in WaitUntil.
  void Set(absl::Time now) ABSL_LOCKS_EXCLUDED(mutex_);
  void Advance(absl::Duration duration) { Set(Now() + duration); }

  absl::Time Now() const override ABSL_LOCKS_EXCLUDED(mutex_);
  void WaitUntil(Mutex& mutex, CondVar& wake, absl::Time deadline) override ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

 private:
  mutable Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
  std::multiset<CondVar*> waiters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_FAKE_CLOCK_H_
