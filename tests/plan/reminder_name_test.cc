#include "scheduler/plan/reminder_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace aftercare::plan {
namespace {

TEST(ReminderNameTest, ACodeIsReadAsItIsWritten) {
  for (const char* text :
       {"1", "20000", "2026-03-04", "2026-03-04-0800", "2026-03-04-0000", "2026-03-04-2359", "2026-03-04~2",
        "2026-03-04-0800~4095", "1969-12-31", "0001-01-01", "9999-12-31-2359~4095"}) {
    const std::optional<int64_t> code = ParseNameCode(text);
    ASSERT_TRUE(code.has_value()) << text;
    EXPECT_EQ(FormatNameCode(*code), text);
  }
}

TEST(ReminderNameTest, EachCodeHasOneSpelling) {
  for (const char* text : {"",
                           "0",
                           "01",
                           "-1",
                           "+1",
                           " 1",
                           "1 ",
                           "1x",
                           "2147483648",
                           "2026-3-4",
                           "2026-02-30",
                           "2026-03-04-",
                           "2026-03-04-800",
                           "2026-03-04-2400",
                           "2026-03-04-08:0",
                           "2026-03-04~",
                           "2026-03-04~1",
                           "2026-03-04~02",
                           "2026-03-04~4096",
                           "2026-03-04~2-0800",
                           "2026-03-04-0800~2~3",
                           "2026-03-04 ",
                           "2026/03/04",
                           "0000-01-01",
                           "12026-03-04",
                           "-026-03-04"}) {
    EXPECT_FALSE(ParseNameCode(text).has_value()) << text;
  }
}

TEST(ReminderNameTest, ACodeTellsItsTimeAndItsCount) {
  const NamedTime time{absl::CivilDay(2026, 3, 4), 480, 3};
  const std::optional<NamedTime> decoded = DecodeName(EncodeName(time));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->day, time.day);
  EXPECT_EQ(decoded->minute, 480);
  EXPECT_EQ(decoded->count, 3);
  EXPECT_FALSE(DecodeName(EncodeName({time.day, std::nullopt, 1}))->minute.has_value());
  EXPECT_FALSE(DecodeName(57).has_value());
}

TEST(ReminderNameTest, CodesSortByTimeThenCountAndNumbersComeFirst) {
  std::vector<int64_t> codes;
  for (const char* text : {"2147483647", "0001-01-01", "2026-03-04", "2026-03-04~2", "2026-03-04-0000",
                           "2026-03-04-0800", "2026-03-04-0800~10", "2026-03-05", "9999-12-31-2359"}) {
    codes.push_back(*ParseNameCode(text));
  }
  EXPECT_TRUE(std::is_sorted(codes.begin(), codes.end()));
}

TEST(ReminderNameTest, TheCountOfACodeCanBeChangedAndTakenAway) {
  const int64_t code = *ParseNameCode("2026-03-04-0800~2");
  EXPECT_EQ(FormatNameCode(WithCount(code, 3)), "2026-03-04-0800~3");
  EXPECT_EQ(FormatNameCode(WithoutCount(code)), "2026-03-04-0800");
  EXPECT_EQ(WithoutCount(57), 57);
}

}  // namespace
}  // namespace aftercare::plan
