// Schedules: which are refused, with which paths, and on which days the accepted ones fall.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/schedule_check.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Paths of faults in a rule's schedule, from the schedule.
std::vector<std::string> Faults(const std::string& phase, const std::string& schedule) {
  FieldErrors errors;
  CompiledPathway::Compile(OneRulePathway(phase, schedule), &errors);
  std::vector<std::string> fields;
  for (const FieldError& error : errors) {
    EXPECT_EQ(error.field.rfind("rules[0].schedule.", 0), 0u) << error.field << " " << error.description;
    fields.push_back(error.field.substr(sizeof("rules[0].schedule.") - 1));
  }
  return fields;
}

const char kDays[] = "days { first: 0 last: 100 }";
const char kMonths[] = "months { first: 6 last: 12 }";

// The nominal days, as days since the procedure.
std::vector<int> DaysOf(const std::string& schedule, absl::string_view date = "2026-06-01") {
  const auto pathway = CompileGood(OneRulePathway(kDays, absl::StrCat(schedule, " times: '09:00'")));
  std::vector<int> days;
  const PatientFacts facts = FactsFor(date, "UTC");
  for (const Occurrence& occurrence : WholePlan(*pathway, facts)) {
    days.push_back(static_cast<int>(absl::CivilDay(occurrence.nominal) - facts.procedure_date));
  }
  return days;
}

TEST(ScheduleTest, TimesAreAscendingTimesOfDay) {
  EXPECT_THAT(Faults(kDays, "times: '9:00' times: '10:00' times: '10:00' times: '09:30' times: '11:00'"),
              ElementsAre("times[0]", "times[2]", "times[3]"));
  std::string many;
  for (int hour = 0; hour < 24; ++hour) absl::StrAppend(&many, " times: '", hour < 10 ? "0" : "", hour, ":00'");
  EXPECT_THAT(Faults(kDays, many), IsEmpty());
  EXPECT_THAT(Faults(kDays, many + " times: '23:30'"), ElementsAre("times"));
}

TEST(ScheduleTest, WindowsCloseAfterTheyOpenAndWithinLimits) {
  EXPECT_THAT(Faults(kDays, "times: '09:00' times: '13:00' window { until: '13:00' }"), ElementsAre("window.until"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' window { until: '25:00' }"), ElementsAre("window.until"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' window { until: '09:01' }"), IsEmpty());
  EXPECT_THAT(Faults(kDays, "times: '09:00' window { hours: 0 }"), ElementsAre("window.hours"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' window { hours: 8785 }"), ElementsAre("window.hours"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' window { days: -1 }"), ElementsAre("window.days"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' window { days: 367 }"), ElementsAre("window.days"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' window {}"), IsEmpty());
}

TEST(ScheduleTest, SpansStayWithinTheirLimits) {
  EXPECT_THAT(Faults(kDays, "times: '09:00' span {}"), ElementsAre("span"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' span { days { first: -1 last: 4000 } }"),
              ElementsAre("span.days.first", "span.days.last"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' span { days { first: 3 last: 2 } }"), ElementsAre("span.days.last"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' span { weeks { first: 0 last: 521 } }"),
              ElementsAre("span.weeks.first", "span.weeks.last"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' span { months { first: 1 last: 1 } }"), ElementsAre("span.months.last"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' span { months { first: 0 last: 121 } }"), ElementsAre("span.months.last"));
}

TEST(ScheduleTest, SpansLieInsideTheirPhaseForEveryProcedureDate) {
  EXPECT_THAT(Faults(kDays, "times: '09:00' span { days { first: 0 last: 101 } }"), ElementsAre("span"));
  EXPECT_THAT(Faults("days { first: 1 last: 14 }", "times: '09:00' span { weeks { first: 1 last: 2 } }"), IsEmpty());
  // One month ends on day 27, 28, 29 or 30.
  const char* const first_month = "times: '09:00' span { months { first: 0 last: 1 } }";
  EXPECT_THAT(Faults("days { first: 0 last: 30 }", first_month), IsEmpty());
  EXPECT_THAT(Faults("days { first: 0 last: 29 }", first_month), ElementsAre("span"));
  EXPECT_THAT(Faults("months { first: 0 last: 1 }", "times: '09:00' span { days { first: 0 last: 27 } }"), IsEmpty());
  EXPECT_THAT(Faults("months { first: 0 last: 1 }", "times: '09:00' span { days { first: 0 last: 28 } }"),
              ElementsAre("span"));
}

TEST(ScheduleTest, IntervalsStayWithinTheirLimits) {
  EXPECT_THAT(Faults(kDays, "times: '09:00' daily { interval: 367 }"), ElementsAre("daily.interval"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' daily { interval: -1 }"), ElementsAre("daily.interval"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' weekly { interval: 53 }"), ElementsAre("weekly.interval"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' monthly { interval: 25 }"), ElementsAre("monthly.interval"));
}

TEST(ScheduleTest, WeekdaysAreNamedOnce) {
  EXPECT_THAT(Faults(kDays, "times: '09:00' weekly { weekdays: 0 weekdays: 1 weekdays: 2 weekdays: 1 weekdays: 9 }"),
              ElementsAre("weekly.weekdays[0]", "weekly.weekdays[3]", "weekly.weekdays[4]"));
}

TEST(ScheduleTest, AMonthlyRuleThatCanNeverFallIsRefused) {
  EXPECT_THAT(Faults("days { first: 1 last: 27 }", "times: '09:00' monthly {}"), ElementsAre("monthly"));
  EXPECT_THAT(Faults("days { first: 1 last: 28 }", "times: '09:00' monthly {}"), IsEmpty());
  EXPECT_THAT(Faults("days { first: 0 last: 3 }", "times: '09:00' monthly {}"), IsEmpty());
}

TEST(ScheduleTest, SingleDaysExcludeASpanAndARecurrence) {
  EXPECT_THAT(Faults(kDays, "times: '09:00' on { days: 1 } span { days { first: 0 last: 1 } } weekly {}"),
              ElementsAre("span", "weekly"));
}

TEST(ScheduleTest, SingleDaysStayWithinTheirLimits) {
  EXPECT_THAT(Faults(kDays, "times: '09:00' on { months: -1 } on { months: 121 } on { days: -367 } on { days: 3661 }"),
              ElementsAre("on[0].months", "on[1].months", "on[2].days", "on[3].days"));
  std::string many = "times: '09:00'";
  for (int day = 0; day < 101; ++day) absl::StrAppend(&many, " on { days: ", day, " }");
  EXPECT_THAT(Faults(kDays, many), ElementsAre("on"));
}

TEST(ScheduleTest, SingleDaysLieInsideThePhaseOrOnItsClosingDate) {
  EXPECT_THAT(Faults(kMonths, "times: '09:00' on { months: 6 } on { months: 9 days: -7 } on { months: 12 }"),
              IsEmpty());
  EXPECT_THAT(Faults(kMonths, "times: '09:00' on { months: 6 days: -1 } on { months: 12 days: 1 }"),
              ElementsAre("on[0]", "on[1]"));
  EXPECT_THAT(Faults(kDays, "times: '09:00' on { days: -1 } on { days: 100 } on { days: 101 }"),
              ElementsAre("on[0]", "on[2]"));
}

TEST(ScheduleTest, SingleDaysAscendForEveryProcedureDate) {
  EXPECT_THAT(Faults(kDays, "times: '09:00' on { days: 5 } on { days: 5 } on { days: 4 }"),
              ElementsAre("on[1]", "on[2]"));
  // A month after day 0 is day 28 at the earliest.
  EXPECT_THAT(Faults(kDays, "times: '09:00' on { days: 27 } on { months: 1 }"), IsEmpty());
  EXPECT_THAT(Faults(kDays, "times: '09:00' on { days: 28 } on { months: 1 }"), ElementsAre("on[1]"));
}

TEST(ScheduleTest, WithoutARecurrenceItIsOnceOnTheFirstDay) {
  EXPECT_THAT(DaysOf("span { days { first: 4 last: 9 } }"), ElementsAre(4));
  EXPECT_THAT(DaysOf(""), ElementsAre(0));
}

TEST(ScheduleTest, DailyCountsFromTheFirstDay) {
  EXPECT_THAT(DaysOf("span { days { first: 4 last: 9 } } daily {}"), ElementsAre(4, 5, 6, 7, 8, 9));
  EXPECT_THAT(DaysOf("span { days { first: 4 last: 9 } } daily { interval: 3 }"), ElementsAre(4, 7));
  EXPECT_THAT(DaysOf("span { days { first: 4 last: 10 } } daily { interval: 3 }"), ElementsAre(4, 7, 10));
}

// 1 June 2026 is a Monday.
TEST(ScheduleTest, WeeklyDefaultsToTheWeekdayOfTheFirstDay) {
  EXPECT_THAT(DaysOf("span { days { first: 3 last: 24 } } weekly {}"), ElementsAre(3, 10, 17, 24));
}

TEST(ScheduleTest, WeekdaysFallWithinBlocksOfSevenDays) {
  EXPECT_THAT(DaysOf("span { weeks { first: 3 last: 4 } } weekly { weekdays: 5 weekdays: 1 weekdays: 3 }"),
              ElementsAre(16, 18, 21, 23, 25, 28));
  // The span begins on a Tuesday: its first Monday ends the first block, and the second block is left out.
  EXPECT_THAT(DaysOf("span { days { first: 1 last: 30 } } weekly { interval: 2 weekdays: 1 weekdays: 2 }"),
              ElementsAre(1, 7, 15, 21, 29));
}

TEST(ScheduleTest, MonthlyMeetsTheMonthlyDatesInTheSpan) {
  EXPECT_THAT(DaysOf("monthly {}"), ElementsAre(0, 30, 61, 92));
  EXPECT_THAT(DaysOf("span { days { first: 1 last: 92 } } monthly { interval: 2 }"), ElementsAre(30, 92));
  EXPECT_THAT(DaysOf("span { days { first: 1 last: 91 } } monthly {}", "2025-01-31"), ElementsAre(28, 59, 89));
}

TEST(ScheduleTest, OffsetsAreComparedForEveryAnchor) {
  OffsetOrder order;
  EXPECT_EQ(order.Fewest({0, 0}, {1, 0}), 28);
  EXPECT_EQ(order.Most({0, 0}, {1, 0}), 31);
  EXPECT_EQ(order.Fewest({0, 0}, {12, 0}), 365);
  EXPECT_EQ(order.Most({0, 0}, {12, 0}), 366);
  EXPECT_EQ(order.Fewest({1, 0}, {0, 0}), -31);
  EXPECT_EQ(order.Fewest({6, 3}, {6, 10}), 7);
  EXPECT_TRUE(order.NeverAfter({0, 28}, {1, 0}));
  EXPECT_FALSE(order.NeverAfter({0, 29}, {1, 0}));
}

TEST(ScheduleTest, ComparedOffsetsHoldForEveryDayOfALeapCycle) {
  OffsetOrder order;
  const std::vector<std::pair<int, int>> pairs = {{0, 1}, {1, 2}, {5, 13}, {12, 6}, {0, 120}, {11, 12}};
  for (const auto& [from, to] : pairs) {
    int fewest = 1 << 30, most = -fewest;
    for (absl::CivilDay anchor(2022, 1, 1); anchor < absl::CivilDay(2026, 1, 1); ++anchor) {
      const int days = static_cast<int>(AddMonths(anchor, to) - AddMonths(anchor, from));
      fewest = std::min(fewest, days);
      most = std::max(most, days);
    }
    EXPECT_EQ(order.Fewest({from, 0}, {to, 0}), fewest) << from << " to " << to;
    EXPECT_EQ(order.Most({from, 0}, {to, 0}), most) << from << " to " << to;
  }
}

}  // namespace
}  // namespace aftercare::plan
