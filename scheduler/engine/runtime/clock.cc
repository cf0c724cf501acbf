#include "scheduler/engine/runtime/clock.h"

#include <chrono>

#include "absl/time/clock.h"

namespace aftercare::engine {

absl::Time SystemClock::Now() const { return absl::FromUnixMicros(absl::ToUnixMicros(absl::Now())); }

void SystemClock::WaitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, absl::Time deadline) {
  if (deadline == absl::InfiniteFuture()) {
    wake.wait(lock);
  } else {
    // An absolute wait on the real-time clock: the kernel wakes us when the clock is set past the deadline.
    wake.wait_until(lock, absl::ToChronoTime(deadline));
  }
}

absl::Time FakeClock::Now() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return now_;
}

void FakeClock::Set(absl::Time now) {
  std::lock_guard<std::mutex> lock(mutex_);
  now_ = now;
  for (std::condition_variable* wake : waiters_) wake->notify_all();
}

void FakeClock::WaitUntil(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, absl::Time deadline) {
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (now_ >= deadline) return;
    waiters_.insert(&wake);
  }
  // Set may run between the check above and this wait; the bound makes such a wake late, never lost.
  wake.wait_for(lock, std::chrono::milliseconds(20));
  std::lock_guard<std::mutex> guard(mutex_);
  waiters_.erase(waiters_.find(&wake));
}

}  // namespace aftercare::engine
