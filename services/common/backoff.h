#ifndef AFTERCARE_SERVICES_COMMON_BACKOFF_H_
#define AFTERCARE_SERVICES_COMMON_BACKOFF_H_

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/time.h"

namespace aftercare {

// How long to wait before something that has gone is tried again: a pause, and twice as long each time, up to a limit.
// Not thread safe.
class Backoff {
 public:
  explicit Backoff(absl::Duration first = absl::Milliseconds(500), absl::Duration most = absl::Seconds(2))
      : first_(first), most_(most), pause_(first) {}

  absl::Duration Next() {
    const absl::Duration pause = pause_;
    pause_ = std::min(2 * pause_, most_);
    return pause;
  }

  // It answered.
  void Reset() { pause_ = first_; }

 private:
  const absl::Duration first_;
  const absl::Duration most_;
  absl::Duration pause_;
};

// A pause varied by up to a quarter either way, so that many that wait do not come back at once.
inline absl::Duration Jittered(absl::Duration pause) {
  thread_local absl::BitGen random;
  return pause * absl::Uniform(absl::IntervalClosed, random, 0.75, 1.25);
}

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_BACKOFF_H_
