// Pauses between attempts to reach something that is not there.
#ifndef AFTERCARE_SERVICES_COMMON_BACKOFF_H_
#define AFTERCARE_SERVICES_COMMON_BACKOFF_H_

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/time.h"

namespace aftercare {

// Exponential backoff: the first pause, then twice as long each time, up to a limit. Not thread safe.
class Backoff {
 public:
  explicit Backoff(absl::Duration first = absl::Milliseconds(500), absl::Duration most = absl::Seconds(2))
      : first_(first), most_(most), pause_(first) {}

  // The pause before the next attempt.
  absl::Duration Next() {
    const absl::Duration pause = pause_;
    pause_ = std::min(2 * pause_, most_);
    return pause;
  }

  // Call it after an attempt that succeeded: the next pause is the first one again.
  void Reset() { pause_ = first_; }

 private:
  const absl::Duration first_;
  const absl::Duration most_;
  absl::Duration pause_;
};

// Returns `pause` changed at random by up to a quarter either way, so that many clients do not come back at once.
// Thread safe.
inline absl::Duration Jittered(absl::Duration pause) {
  thread_local absl::BitGen random;
  return pause * absl::Uniform(absl::IntervalClosed, random, 0.75, 1.25);
}

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_BACKOFF_H_
