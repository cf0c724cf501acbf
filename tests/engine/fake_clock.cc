#include "tests/engine/fake_clock.h"

#include <chrono>

namespace aftercare::engine {

absl::Time FakeClock::Now() const {
  MutexLock lock(mutex_);
  return now_;
}

void FakeClock::Set(absl::Time now) {
  MutexLock lock(mutex_);
  now_ = now;
  for (CondVar* wake : waiters_) wake->NotifyAll();
}

void FakeClock::WaitUntil(Mutex& mutex, CondVar& wake, absl::Time deadline) {
  {
    MutexLock lock(mutex_);
    if (now_ >= deadline) return;
    waiters_.insert(&wake);
  }
  // Set may run between the check above and this wait. The bound makes such a wake late, never lost.
  wake.WaitUntil(mutex, std::chrono::steady_clock::now() + std::chrono::milliseconds(20));
  MutexLock lock(mutex_);
  waiters_.erase(waiters_.find(&wake));
}

}  // namespace aftercare::engine
