#include "scheduler/engine/lifecycle/retry_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace aftercare::engine {
namespace {

TEST(RetryPolicyTest, PausesDoubleFromHalfAMinuteToAnHourAndVaryByAQuarter) {
  for (int failures = 1; failures <= 40; ++failures) {
    const int64_t doubled = int64_t{1} << std::min(failures - 1, 20);
    const absl::Duration middle = std::min(absl::Seconds(30) * doubled, absl::Hours(1));
    absl::Duration shortest = absl::InfiniteDuration();
    absl::Duration longest = absl::ZeroDuration();
    for (uint64_t seed = 0; seed < 500; ++seed) {
      const absl::Duration pause = RetryPause(failures, seed);
      EXPECT_EQ(pause, RetryPause(failures, seed));
      shortest = std::min(shortest, pause);
      longest = std::max(longest, pause);
    }
    EXPECT_GE(shortest, middle * 0.75);
    EXPECT_LE(longest, middle * 1.25);
    EXPECT_LT(shortest, middle * 0.8) << "varied";
    EXPECT_GT(longest, middle * 1.2) << "varied";
  }
}

}  // namespace
}  // namespace aftercare::engine
