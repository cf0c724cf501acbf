#include "services/client/backoff.h"

#include "gtest/gtest.h"

namespace aftercare::client {
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

}  // namespace
}  // namespace aftercare::client
