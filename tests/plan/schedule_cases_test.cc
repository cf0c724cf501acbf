// The schedule cases as a table: the time zone and the date of the procedure, when the pathway asks for something, and
// what must come of it. Times with a Z are UTC, times without are the patient's own. A row can be read, and a row can
// be added, without reading the code below the table.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

struct Case {
  std::string name;
  std::string zone;
  std::string procedure;  // Date of the procedure: day 0.
  std::string asked;      // Which days, at which times, with which window.
  std::vector<std::string> expected;  // When each reminder comes due, in UTC.
};

const Case kCases[] = {
    {"Case01AcrossTheAutumnChange", "America/New_York", "2029-11-03",
     "on { days: 2 }  times: '00:30'",
     {"2029-11-05T05:30Z"}},

    {"Case02AcrossTheSpringChange", "America/New_York", "2029-03-10",
     "on { days: 2 }  times: '02:30'",
     {"2029-03-12T06:30Z"}},

    {"Case03ATimeThatClocksSkip", "America/New_York", "2025-03-08",
     "on { days: 1 }  times: '02:30'",
     {"2025-03-09T07:30Z"}},

    {"Case04ATimeThatClocksRepeatIsTheFirst", "America/New_York", "2025-11-01",
     "on { days: 1 }  times: '01:30'",
     {"2025-11-02T05:30Z"}},

    {"Case05DailyKeepsItsLocalTime", "America/Los_Angeles", "2019-03-09",
     "span { days { first: 0 last: 2 } }  daily {}  times: '12:30'",
     {"2019-03-09T20:30Z", "2019-03-10T19:30Z", "2019-03-11T19:30Z"}},

    {"Case06aOneMonthAfterThe31st", "UTC", "2025-01-31",
     "on { months: 1 }  times: '09:00'",
     {"2025-02-28T09:00Z"}},

    {"Case06bOneMonthAfterThe31stInALeapYear", "UTC", "2024-01-31",
     "on { months: 1 }  times: '09:00'",
     {"2024-02-29T09:00Z"}},

    {"Case07aSixMonthsAfterThe31stOfAugust", "UTC", "2025-08-31",
     "on { months: 6 }  times: '09:00'",
     {"2026-02-28T09:00Z"}},

    {"Case07bAYearAfterALeapDay", "UTC", "2024-02-29",
     "on { months: 12 }  times: '09:00'",
     {"2025-02-28T09:00Z"}},

    {"Case08MonthlyIsCountedFromTheProcedure", "UTC", "2025-01-31",
     "span { months { first: 1 last: 4 } }  monthly {}  times: '09:00'",
     {"2025-02-28T09:00Z", "2025-03-31T09:00Z", "2025-04-30T09:00Z"}},

    {"Case09MondayAndFridayOfEverySecondWeek", "America/New_York", "2018-03-05",
     "span { days { first: 0 last: 41 } }  weekly { interval: 2 weekdays: WEEKDAY_MONDAY weekdays: WEEKDAY_FRIDAY }"
     "  times: '12:00'",
     {"2018-03-05T17:00Z", "2018-03-09T17:00Z", "2018-03-19T16:00Z", "2018-03-23T16:00Z", "2018-04-02T16:00Z",
      "2018-04-06T16:00Z"}},

    {"Case10TheLastMinuteOfADay", "America/New_York", "2018-06-29",
     "span { days { first: 1 last: 2 } }  daily {}  times: '00:00'  times: '23:59'",
     {"2018-06-30T04:00Z", "2018-07-01T03:59Z", "2018-07-01T04:00Z", "2018-07-02T03:59Z"}},

    {"Case13AQuarterHourZone", "Asia/Kathmandu", "2026-01-01",
     "on { days: 1 }  times: '08:00'",
     {"2026-01-02T02:15Z"}},

    // 30 December 2011 does not exist in Samoa: 09:00 of it is 09:00 of the 31st, together with the 31st's own.
    {"Case14ADayThatDoesNotExist", "Pacific/Apia", "2011-12-28",
     "span { days { first: 1 last: 4 } }  daily {}  times: '09:00'",
     {"2011-12-29T19:00Z", "2011-12-30T19:00Z", "2011-12-30T19:00Z", "2011-12-31T19:00Z"}},

    // Clocks go back by half an hour on 6 April 2025: from +11:00 to +10:30.
    {"Case15AHalfHourChange", "Australia/Lord_Howe", "2025-04-04",
     "span { days { first: 1 last: 3 } }  daily {}  times: '09:00'",
     {"2025-04-04T22:00Z", "2025-04-05T22:30Z", "2025-04-06T22:30Z"}},
};

class ScheduleCases : public testing::TestWithParam<Case> {};

TEST_P(ScheduleCases, ComeDueAsTheTableSays) {
  const Case& row = GetParam();
  const auto pathway = CompileGood(OneRulePathway("days { first: 0 last: 400 }", row.asked));
  ASSERT_NE(pathway, nullptr);
  std::vector<std::string> due;
  for (const Occurrence& occurrence : WholePlan(*pathway, FactsFor(row.procedure, row.zone))) {
    due.push_back(InUtc(occurrence.due));
    EXPECT_LT(occurrence.due, occurrence.expire);
  }
  EXPECT_EQ(due, row.expected);
}

INSTANTIATE_TEST_SUITE_P(Table, ScheduleCases, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

// Cases of enrolling late. The patient is in New York; the procedure was on 1 June 2026.
struct LateCase {
  std::string name;
  std::string enrolled;  // Local date and time.
  std::string asked;
  std::vector<std::string> expected;  // The nominal local time, and what becomes of it; in order of due time.
};

const LateCase kLateCases[] = {
    {"Case16EnrolledAfterTheIceDays", "2026-06-06 10:00",
     "span { days { first: 1 last: 3 } }  daily {}  times: '08:00'  times: '13:00'",
     {"2026-06-02T08:00 late", "2026-06-02T13:00 late", "2026-06-03T08:00 late", "2026-06-03T13:00 late",
      "2026-06-04T08:00 late", "2026-06-04T13:00 late"}},

    {"Case17aTheWindowEndedAtNoon", "2026-06-03 14:00",
     "on { days: 2 }  times: '08:00'  window { until: '12:00' }",
     {"2026-06-03T08:00 late"}},

    {"Case17bTheWindowIsOpenUntilFive", "2026-06-03 14:00",
     "on { days: 2 }  times: '13:00'  window { until: '17:00' }",
     {"2026-06-03T13:00 due 2026-06-03 14:00"}},

    {"EnrolledTheMinuteItIsDue", "2026-06-03 13:00",
     "on { days: 2 }  times: '13:00'  window { until: '17:00' }",
     {"2026-06-03T13:00 due 2026-06-03 13:00"}},

    {"EnrolledTheMinuteTheWindowCloses", "2026-06-03 17:00",
     "on { days: 2 }  times: '13:00'  window { until: '17:00' }",
     {"2026-06-03T13:00 late"}},

    {"AWindowOfHoursRunsFromTheNominalTime", "2026-06-03 14:00",
     "span { days { first: 1 last: 3 } }  daily {}  times: '13:00'  window { hours: 25 }",
     {"2026-06-02T13:00 late", "2026-06-03T13:00 due 2026-06-03 14:00", "2026-06-04T13:00 due 2026-06-04 13:00"}},

    {"AWindowOfDaysKeepsSeveralOpen", "2026-06-04 14:00",
     "span { days { first: 0 last: 4 } }  daily {}  times: '13:00'  window { days: 1 }",
     {"2026-06-01T13:00 late", "2026-06-02T13:00 late", "2026-06-03T13:00 due 2026-06-04 14:00",
      "2026-06-04T13:00 due 2026-06-04 14:00", "2026-06-05T13:00 due 2026-06-05 13:00"}},
};

class LateScheduleCases : public testing::TestWithParam<LateCase> {};

TEST_P(LateScheduleCases, EndAsTheTableSays) {
  const LateCase& row = GetParam();
  const absl::TimeZone zone = FindZone("America/New_York").value();
  absl::Time enrolled;
  ASSERT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", row.enrolled, zone, &enrolled, nullptr));
  const auto pathway = CompileGood(OneRulePathway("days { first: 0 last: 10 }", row.asked));
  ASSERT_NE(pathway, nullptr);
  std::vector<std::string> outcomes;
  for (const Occurrence& occurrence : WholePlan(*pathway, FactsFor("2026-06-01", "America/New_York", enrolled))) {
    const std::string due = absl::FormatTime("due %Y-%m-%d %H:%M", occurrence.due, zone);
    outcomes.push_back(absl::StrCat(FormatMinute(occurrence.nominal), " ", occurrence.late ? "late" : due));
  }
  EXPECT_EQ(outcomes, row.expected);
}

INSTANTIATE_TEST_SUITE_P(Table, LateScheduleCases, testing::ValuesIn(kLateCases),
                         [](const testing::TestParamInfo<LateCase>& info) { return info.param.name; });

}  // namespace
}  // namespace aftercare::plan
