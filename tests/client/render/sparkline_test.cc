#include "services/client/render/sparkline.h"

#include "gtest/gtest.h"

namespace aftercare::client {
namespace {

TEST(SparklineTest, EachNumberIsOneBar) {
  EXPECT_EQ(Sparkline({}, 0, 10), "");
  EXPECT_EQ(Sparkline({0, 10}, 0, 10), "▁█");
  EXPECT_EQ(Sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 0, 7), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(Sparkline({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0, 10), "▁▂▂▃▄▅▅▆▇▇█");
}

TEST(SparklineTest, NumbersOutsideTheRangeGetTheLowestOrTheHighestBar) {
  EXPECT_EQ(Sparkline({-3, 5, 12}, 5, 10), "▁▁█");
}

}  // namespace
}  // namespace aftercare::client
