#include "scheduler/engine/reminders/due_position.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <optional>

namespace aftercare::engine {
namespace {

TEST(DuePositionTest, APositionSurvivesItsEncoding) {
  const store::DuePosition position{absl::FromUnixMicros(1'867'046'400'000'001), "e-1", "ice_am", 12};
  const std::optional<store::DuePosition> decoded = DecodeDuePosition(EncodeDuePosition(position));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->due, position.due);
  EXPECT_EQ(decoded->enrollment, "e-1");
  EXPECT_EQ(decoded->rule, "ice_am");
  EXPECT_EQ(decoded->code, 12);
}

TEST(DuePositionTest, TextOfAnotherFormIsNoPosition) {
  for (const char* text : {"", "1/e/r", "x/e/r/1", "1/e/r/x", "1/e/r/1/1"}) {
    EXPECT_FALSE(DecodeDuePosition(text).has_value()) << text;
  }
}

TEST(DuePositionTest, PositionsAreOrderedByDueTimeThenEnrollmentThenRuleThenCode) {
  const absl::Time early = absl::FromUnixSeconds(1);
  const absl::Time late = absl::FromUnixSeconds(2);
  const store::DuePosition ordered[] = {
      {early, "b", "r", 2}, {late, "a", "s", 2}, {late, "b", "r", 2}, {late, "b", "s", 1}, {late, "b", "s", 2}};
  for (size_t i = 0; i < std::size(ordered); ++i) {
    for (size_t j = 0; j < std::size(ordered); ++j) {
      EXPECT_EQ(IsListedBefore(ordered[i], ordered[j]), i < j) << i << " and " << j;
    }
  }
}

}  // namespace
}  // namespace aftercare::engine
