// When a reminder is tried again after a gateway failed to send it. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_RETRY_POLICY_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_RETRY_POLICY_H_

#include <cstdint>

#include "absl/time/time.h"

namespace aftercare::engine {

// A reminder is FAILED after so many temporary failures at one contact point.
inline constexpr int kMaxFailures = 8;

// Returns how long a reminder waits after its `failures`-th temporary failure at one contact point (1 or more): 30 s,
// doubled with each failure up to 1 h, then varied by up to a quarter either way. The variation follows from `seed`, so
// the same arguments always give the same pause.
absl::Duration RetryPause(int failures, uint64_t seed);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_RETRY_POLICY_H_
