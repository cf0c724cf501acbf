#include "scheduler/engine/lifecycle/retry_policy.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/hash.h"

namespace aftercare::engine {

absl::Duration RetryPause(int failures, uint64_t seed) {
  constexpr absl::Duration kFirst = absl::Seconds(30);
  constexpr absl::Duration kLongest = absl::Hours(1);
  const absl::Duration pause = std::min(kFirst * std::exp2(std::min(failures, 20) - 1), kLongest);
  const uint64_t mixed = StableHash(absl::StrCat(seed, "/", failures));
  return pause * (0.75 + 0.5 * static_cast<double>(mixed % 1000) / 1000.0);
}

}  // namespace aftercare::engine
