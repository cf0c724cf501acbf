#include "services/common/backoff.h"

#include "gtest/gtest.h"

namespace aftercare {
namespace {

TEST(BackoffTest, PausesGrowUpToALimitUntilThereIsAnAnswer) {
  Backoff backoff;
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(500));
  EXPECT_EQ(backoff.Next(), absl::Seconds(1));
  EXPECT_EQ(backoff.Next(), absl::Seconds(2));
  EXPECT_EQ(backoff.Next(), absl::Seconds(2));
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(500));
}

TEST(BackoffTest, EachUseHasItsOwnPauses) {
  Backoff backoff(absl::Seconds(1), absl::Seconds(3));
  EXPECT_EQ(backoff.Next(), absl::Seconds(1));
  EXPECT_EQ(backoff.Next(), absl::Seconds(2));
  EXPECT_EQ(backoff.Next(), absl::Seconds(3));
}

TEST(BackoffTest, APauseIsVariedByAQuarterEitherWay) {
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const absl::Duration pause = Jittered(absl::Seconds(4));
    EXPECT_GE(pause, absl::Seconds(3));
    EXPECT_LE(pause, absl::Seconds(5));
    differs = differs || pause != Jittered(absl::Seconds(4));
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace aftercare
