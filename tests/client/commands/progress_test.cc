#include "services/client/commands/progress.h"

#include "gtest/gtest.h"
#include "services/client/common/terminal.h"

namespace aftercare::client {
namespace {

TEST(ProgressTest, ABarShowsHowFarItIs) {
  EXPECT_EQ(RenderProgress(0, 1000, "line", 0, absl::ZeroDuration()), "[--------------------] 0 %  0 of 1,000 lines");
  EXPECT_EQ(RenderProgress(500, 1000, "line", 3, absl::Seconds(2)),
            "[##########----------] 50 %  500 of 1,000 lines, 250/s, 3 failed");
  EXPECT_EQ(RenderProgress(999, 1000, "line", 0, absl::Milliseconds(999)),
            "[###################-] 99 %  999 of 1,000 lines");
  EXPECT_EQ(RenderProgress(1000, 1000, "line", 0, absl::Seconds(1)),
            "[####################] 100 %  1,000 of 1,000 lines, 1,000/s");
  EXPECT_EQ(RenderProgress(0, 0, "line", 0, absl::ZeroDuration()), "[####################] 100 %  0 of 0 lines");
}

TEST(ProgressTest, ABarFitsOnALineHoweverMuchThereIs) {
  EXPECT_LE(DisplayWidth(RenderProgress(999'999, 1'000'000, "line", 999'999, absl::Seconds(200))), 80);
}

}  // namespace
}  // namespace aftercare::client
