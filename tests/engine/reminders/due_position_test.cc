#include "scheduler/engine/reminders/due_position.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <optional>

namespace aftercare::engine {
namespace {

TEST(DuePositionTest, APositionSurvivesItsEncoding) {
  const store::DuePosition position{absl::FromUnixMicros(1'867'046'400'000'001), 77, "ice_am", 12};
  const std::optional<store::DuePosition> decoded = DecodeDuePosition(EncodeDuePosition(position));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->due, position.due);
  EXPECT_EQ(decoded->enrollment_row_id, 77);
  EXPECT_EQ(decoded->rule, "ice_am");
  EXPECT_EQ(decoded->code, 12);
}

TEST(DuePositionTest, TextOfAnotherFormIsNoPosition) {
  for (const char* text : {"", "1/#2/r", "x/#2/r/1", "1/#2/r/x", "1/#x/r/1", "1/#2/r/1/1"}) {
    EXPECT_FALSE(DecodeDuePosition(text).has_value()) << text;
  }
  EXPECT_FALSE(DecodeDuePosition("1/2/r/1").has_value()) << "the 2 may be the id of an enrollment in an old page token";
}

TEST(DuePositionTest, PositionsAreOrderedByDueTimeThenEnrollmentThenRuleThenCode) {
  const absl::Time early = absl::FromUnixSeconds(1);
  const absl::Time late = absl::FromUnixSeconds(2);
  const store::DuePosition ordered[] = {
      {early, 10, "r", 2}, {late, 9, "s", 2}, {late, 10, "r", 2}, {late, 10, "s", 1}, {late, 10, "s", 2}};
  for (size_t i = 0; i < std::size(ordered); ++i) {
    for (size_t j = 0; j < std::size(ordered); ++j) {
      EXPECT_EQ(IsListedBefore(ordered[i], ordered[j]), i < j) << i << " and " << j;
    }
  }
}

}  // namespace
}  // namespace aftercare::engine
