#include "services/client/input/calendar_options.h"

#include <gtest/gtest.h>

#include "services/client/render/labels.h"

namespace aftercare::client {
namespace {

// Each opening as `days opens closes`.
std::vector<std::string> Openings(const std::string& text) {
  const auto hours = ParseContactHours(text);
  EXPECT_TRUE(hours.ok()) << hours.status();
  std::vector<std::string> lines;
  if (!hours.ok()) return lines;
  for (const v1::Opening& opening : hours->openings()) {
    lines.push_back(WeekdayLabels(opening.weekdays()) + " " + opening.opens() + " " + opening.closes());
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(CalendarOptionsTest, HoursAreReadByDaysOrForEveryDay) {
  EXPECT_EQ(Openings("10:00-16:00"), (Lines{" 10:00 16:00"}));
  EXPECT_EQ(Openings("mon-fri 10:00-16:00, Sat 10:00-24:00"),
            (Lines{"Mon, Tue, Wed, Thu, Fri 10:00 16:00", "Sat 10:00 24:00"}));
  EXPECT_EQ(Openings("fri-mon 08:00-09:00"), (Lines{"Fri, Sat, Sun, Mon 08:00 09:00"}));
  EXPECT_EQ(Openings("any"), Lines());
  EXPECT_EQ(Openings("7-25"), (Lines{" 7 25"})) << "whether these are times is for the server to say";
}

TEST(CalendarOptionsTest, WhatIsNoSpanOfHoursIsRefused) {
  for (const char* text : {"", "10:00", "10:00-", "-16:00", "someday 10:00-16:00", "mon 10:00-16:00 x", "10:00-16:00,"}) {
    EXPECT_FALSE(ParseContactHours(text).ok()) << text;
  }
}

TEST(CalendarOptionsTest, DaysAreReadAsListsAndRanges) {
  EXPECT_EQ(ParseWeekdays("--closed", "sat,SUN").value(),
            (std::vector<v1::Weekday>{v1::WEEKDAY_SATURDAY, v1::WEEKDAY_SUNDAY}));
  EXPECT_EQ(ParseWeekdays("--closed", "sun-mon").value(),
            (std::vector<v1::Weekday>{v1::WEEKDAY_SUNDAY, v1::WEEKDAY_MONDAY}));
  EXPECT_TRUE(ParseWeekdays("--closed", "none").value().empty());
  for (const char* text : {"", "weekend", "sat,,sun", "sat-x"}) {
    EXPECT_FALSE(ParseWeekdays("--closed", text).ok()) << text;
  }
}

TEST(CalendarOptionsTest, HolidaysAreSortedAndMayHaveNames) {
  const std::vector<v1::Holiday> holidays = ParseHolidays({"2027-01-01", "2026-12-25=Christmas", "none"});
  ASSERT_EQ(holidays.size(), 2u);
  EXPECT_EQ(holidays[0].date() + holidays[0].display_name(), "2026-12-25Christmas");
  EXPECT_EQ(holidays[1].date() + holidays[1].display_name(), "2027-01-01");
}

}  // namespace
}  // namespace aftercare::client
