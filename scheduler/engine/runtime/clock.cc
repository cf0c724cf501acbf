#include "scheduler/engine/runtime/clock.h"

#include "absl/time/clock.h"

namespace aftercare::engine {

absl::Time SystemClock::Now() const { return absl::FromUnixMicros(absl::ToUnixMicros(absl::Now())); }

void SystemClock::WaitUntil(Mutex& mutex, CondVar& wake, absl::Time deadline) {
  if (deadline == absl::InfiniteFuture()) {
    wake.Wait(mutex);
  } else {
    // An absolute wait on the real-time clock: the kernel wakes us when the clock is set past the deadline.
    wake.WaitUntil(mutex, absl::ToChronoTime(deadline));
  }
}

}  // namespace aftercare::engine
