// The schedule cases as tables: what a row means, the patient's zone and dates, what the pathway asks for, and what
// must come of it. Times with a Z are UTC, times without are the patient's own. A row can be read, and a row can be
// added, without reading the code below its table.
//
// Numbers that are left out are of cases that a plan alone does not decide: a patient who moves, a procedure that is put
// off, and messages that replace each other.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

struct Case {
  std::string name;
  std::string meaning;
  std::string zone;
  std::string procedure;              // Date of the procedure: day 0.
  std::string asked;                  // Which days, at which times, with which window.
  std::vector<std::string> expected;  // When each reminder comes due.
};

const Case kCases[] = {
    {"Case01", "2 days on at 00:30, across the autumn change: the local time stands", "America/New_York", "2029-11-03",
     "on { days: 2 }  times: '00:30'",
     {"2029-11-05T05:30Z"}},

    {"Case02", "2 days on at 02:30, across the spring change: the local time stands", "America/New_York", "2029-03-10",
     "on { days: 2 }  times: '02:30'",
     {"2029-03-12T06:30Z"}},

    {"Case03", "a time that clocks skip is read with the offset before the change", "America/New_York", "2025-03-08",
     "on { days: 1 }  times: '02:30'",
     {"2025-03-09T07:30Z"}},

    {"Case04", "a time that clocks repeat is the first of the two", "America/New_York", "2025-11-01",
     "on { days: 1 }  times: '01:30'",
     {"2025-11-02T05:30Z"}},

    {"Case05", "daily at 12:30 stays 12:30 when clocks change", "America/Los_Angeles", "2019-03-09",
     "span { days { first: 0 last: 2 } }  daily {}  times: '12:30'",
     {"2019-03-09T20:30Z", "2019-03-10T19:30Z", "2019-03-11T19:30Z"}},

    {"Case06a", "31 January + 1 month is the last of February", "UTC", "2025-01-31",
     "on { months: 1 }  times: '09:00'",
     {"2025-02-28T09:00Z"}},

    {"Case06b", "31 January + 1 month is 29 February in a leap year", "UTC", "2024-01-31",
     "on { months: 1 }  times: '09:00'",
     {"2024-02-29T09:00Z"}},

    {"Case07a", "31 August + 6 months is the last of February", "UTC", "2025-08-31",
     "on { months: 6 }  times: '09:00'",
     {"2026-02-28T09:00Z"}},

    {"Case07b", "29 February + 12 months is 28 February", "UTC", "2024-02-29",
     "on { months: 12 }  times: '09:00'",
     {"2025-02-28T09:00Z"}},

    {"Case08", "monthly from the 31st: each month is counted from the procedure, none from a shortened one", "UTC",
     "2025-01-31",
     "span { months { first: 1 last: 4 } }  monthly {}  times: '09:00'",
     {"2025-02-28T09:00Z", "2025-03-31T09:00Z", "2025-04-30T09:00Z"}},

    {"Case09", "Monday and Friday of every second week, three times, at noon", "America/New_York", "2018-03-05",
     "span { days { first: 0 last: 41 } }  weekly { interval: 2 weekdays: WEEKDAY_MONDAY weekdays: WEEKDAY_FRIDAY }"
     "  times: '12:00'",
     {"2018-03-05T17:00Z", "2018-03-09T17:00Z", "2018-03-19T16:00Z", "2018-03-23T16:00Z", "2018-04-02T16:00Z",
      "2018-04-06T16:00Z"}},

    {"Case13", "day 1 at 08:00 in a zone that is 5:45 ahead", "Asia/Kathmandu", "2026-01-01",
     "on { days: 1 }  times: '08:00'",
     {"2026-01-02T02:15Z"}},

    {"Case14", "30 December 2011 does not exist in Samoa: its 09:00 is that of the 31st, beside the 31st's own",
     "Pacific/Apia", "2011-12-28",
     "span { days { first: 1 last: 4 } }  daily {}  times: '09:00'",
     {"2011-12-29T19:00Z", "2011-12-30T19:00Z", "2011-12-30T19:00Z", "2011-12-31T19:00Z"}},

    {"Case15a", "clocks go back by half an hour, from +11:00 to +10:30: the local time stands", "Australia/Lord_Howe",
     "2025-04-04",
     "span { days { first: 1 last: 3 } }  daily {}  times: '09:00'",
     {"2025-04-04T22:00Z", "2025-04-05T22:30Z", "2025-04-06T22:30Z"}},

    {"Case15b", "01:45 of that night comes twice: it is the first", "Australia/Lord_Howe", "2025-04-04",
     "on { days: 2 }  times: '01:45'",
     {"2025-04-05T14:45Z"}},

    {"Case15c", "clocks go forward by half an hour: 02:15 is skipped, and read with the offset before",
     "Australia/Lord_Howe", "2025-10-03",
     "span { days { first: 1 last: 3 } }  daily {}  times: '02:15'",
     {"2025-10-03T15:45Z", "2025-10-04T15:45Z", "2025-10-05T15:15Z"}},
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
  EXPECT_EQ(due, row.expected) << row.meaning;
}

INSTANTIATE_TEST_SUITE_P(Table, ScheduleCases, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

// Case 11: contact hours 10:00-16:00 in New York. The procedure was on Sunday, 1 June 2025.
struct HoursCase {
  std::string name;
  std::string asked;
  std::string hours;
  std::string expected;  // When it is due by the patient's clock, or that there is no opening inside its window.
};

const HoursCase kHoursCases[] = {
    {"Case11Inside", "times: '12:00'", "opens: '10:00' closes: '16:00'", "2025-06-02 12:00"},
    {"Case11Before", "times: '09:00'", "opens: '10:00' closes: '16:00'", "2025-06-02 10:00"},
    {"Case11After", "times: '16:30' window { days: 1 }", "opens: '10:00' closes: '16:00'", "2025-06-03 10:00"},
    {"Case11AfterAndClosed", "times: '16:30'", "opens: '10:00' closes: '16:00'", "outside"},
    {"AsTheyOpen", "times: '10:00'", "opens: '10:00' closes: '16:00'", "2025-06-02 10:00"},
    {"AsTheyClose", "times: '16:00' window { days: 1 }", "opens: '10:00' closes: '16:00'", "2025-06-03 10:00"},
    {"AMinuteBeforeTheyClose", "times: '15:59'", "opens: '10:00' closes: '16:00'", "2025-06-02 15:59"},
    {"OpenUntilMidnight", "times: '23:59'", "opens: '10:00' closes: '24:00'", "2025-06-02 23:59"},
    {"OpenAsTheWindowCloses", "times: '09:00' window { until: '10:00' }", "opens: '10:00' closes: '16:00'", "outside"},
    {"ADayOfTheWeek", "times: '09:00' window { days: 9 }", "weekdays: WEEKDAY_SUNDAY opens: '10:00' closes: '16:00'",
     "2025-06-08 10:00"},
};

class HoursScheduleCases : public testing::TestWithParam<HoursCase> {};

TEST_P(HoursScheduleCases, ComeDueAsTheTableSays) {
  const HoursCase& row = GetParam();
  const auto pathway = CompileGood(OneRulePathway("days { first: 0 last: 10 }", "on { days: 1 } " + row.asked));
  PatientFacts facts = FactsFor("2025-06-01", "America/New_York");
  FieldErrors errors;
  facts.hours = ContactHours::Read(FromText<v1::ContactHours>("openings { " + row.hours + " }"), "", &errors);
  ASSERT_TRUE(errors.empty());
  const std::vector<Occurrence> plan = WholePlan(*pathway, facts);
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].outside ? "outside" : absl::FormatTime("%Y-%m-%d %H:%M", plan[0].due, facts.zone), row.expected);
}

INSTANTIATE_TEST_SUITE_P(Table, HoursScheduleCases, testing::ValuesIn(kHoursCases),
                         [](const testing::TestParamInfo<HoursCase>& info) { return info.param.name; });

// Case 10: due on 30 June at 23:59, ended on 1 July at 00:00. What is due before an end stands, what is due at it or
// later does not fire; the plan, sought to the end, stands between the two.
TEST(ScheduleCasesTest, Case10TheLastMinuteOfADayIsBeforeAnEndAtMidnightAndMidnightIsNot) {
  const auto pathway = CompileGood(OneRulePathway(
      "days { first: 0 last: 9 }", "span { days { first: 1 last: 2 } } daily {} times: '00:00' times: '23:59'"));
  const absl::Time end = Instant("2018-07-01T04:00Z");  // Midnight in New York.
  Plan plan(*pathway, FactsFor("2018-06-29", "America/New_York"));
  std::vector<std::string> stands, does_not_fire;
  for (const Occurrence& occurrence : Rest(&plan)) {
    if (occurrence.due < end) stands.push_back(FormatMinute(occurrence.nominal));
  }
  plan.Seek(end);
  for (const Occurrence& occurrence : Rest(&plan)) does_not_fire.push_back(FormatMinute(occurrence.nominal));
  EXPECT_EQ(stands, (std::vector<std::string>{"2018-06-30T00:00", "2018-06-30T23:59"}));
  EXPECT_EQ(does_not_fire, (std::vector<std::string>{"2018-07-01T00:00", "2018-07-01T23:59"}));
}

// Cases of enrolling late. The patient is in New York; the procedure was on 1 June 2026.
struct LateCase {
  std::string name;
  std::string meaning;
  std::string enrolled;               // Local date and time.
  std::string asked;
  std::vector<std::string> expected;  // The nominal time, and how it stands at enrollment; in order of due time.
};

const LateCase kLateCases[] = {
    {"Case16", "enrolled on day 5, ice on days 1 to 3: none is sent", "2026-06-06 10:00",
     "span { days { first: 1 last: 3 } }  daily {}  times: '08:00'  times: '13:00'",
     {"2026-06-02T08:00 EXPIRED LATE_ENROLLMENT", "2026-06-02T13:00 EXPIRED LATE_ENROLLMENT",
      "2026-06-03T08:00 EXPIRED LATE_ENROLLMENT", "2026-06-03T13:00 EXPIRED LATE_ENROLLMENT",
      "2026-06-04T08:00 EXPIRED LATE_ENROLLMENT", "2026-06-04T13:00 EXPIRED LATE_ENROLLMENT"}},

    {"Case17a", "enrolled on day 2 at 14:00: the window of the 08:00 ice ended at 12:00", "2026-06-03 14:00",
     "on { days: 2 }  times: '08:00'  window { until: '12:00' }",
     {"2026-06-03T08:00 EXPIRED LATE_ENROLLMENT"}},

    {"Case17b", "enrolled on day 2 at 14:00: the window of the 13:00 ice is open until 17:00, so it is due at once",
     "2026-06-03 14:00",
     "on { days: 2 }  times: '13:00'  window { until: '17:00' }",
     {"2026-06-03T13:00 DUE 2026-06-03 14:00"}},

    {"EnrolledAsItComesDue", "what is due at the minute of enrollment is due then", "2026-06-03 13:00",
     "on { days: 2 }  times: '13:00'  window { until: '17:00' }",
     {"2026-06-03T13:00 DUE 2026-06-03 13:00"}},

    {"EnrolledAsTheWindowCloses", "a window is closed at the minute it closes", "2026-06-03 17:00",
     "on { days: 2 }  times: '13:00'  window { until: '17:00' }",
     {"2026-06-03T13:00 EXPIRED LATE_ENROLLMENT"}},

    {"WindowOfHours", "hours run from the nominal time, not from enrollment", "2026-06-03 14:00",
     "span { days { first: 1 last: 3 } }  daily {}  times: '13:00'  window { hours: 25 }",
     {"2026-06-02T13:00 EXPIRED LATE_ENROLLMENT", "2026-06-03T13:00 DUE 2026-06-03 14:00",
      "2026-06-04T13:00 SCHEDULED 2026-06-04 13:00"}},

    {"WindowOfDays", "a window of a day more keeps two open at once", "2026-06-04 14:00",
     "span { days { first: 0 last: 4 } }  daily {}  times: '13:00'  window { days: 1 }",
     {"2026-06-01T13:00 EXPIRED LATE_ENROLLMENT", "2026-06-02T13:00 EXPIRED LATE_ENROLLMENT",
      "2026-06-03T13:00 DUE 2026-06-04 14:00", "2026-06-04T13:00 DUE 2026-06-04 14:00",
      "2026-06-05T13:00 SCHEDULED 2026-06-05 13:00"}},
};

// The nominal time, the state, and the reason or else the due time by the patient's clock.
std::string Outcome(const v1::Reminder& reminder, absl::TimeZone zone) {
  const std::string state = v1::ReminderState_Name(reminder.state()).substr(sizeof("REMINDER_STATE_") - 1);
  const std::string reason = v1::ReminderReason_Name(reminder.reason()).substr(sizeof("REMINDER_REASON_") - 1);
  const std::string due = absl::FormatTime("%Y-%m-%d %H:%M", ToTime(reminder.due_time()), zone);
  return absl::StrCat(reminder.nominal_local_time(), " ", state, " ", reason == "UNSPECIFIED" ? due : reason);
}

class LateScheduleCases : public testing::TestWithParam<LateCase> {};

TEST_P(LateScheduleCases, StandAsTheTableSays) {
  const LateCase& row = GetParam();
  const absl::TimeZone zone = FindZone("America/New_York").value();
  absl::Time enrolled;
  ASSERT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", row.enrolled, zone, &enrolled, nullptr));
  const auto pathway = CompileGood(OneRulePathway("days { first: 0 last: 10 }", row.asked));
  ASSERT_NE(pathway, nullptr);
  const PatientFacts facts = FactsFor("2026-06-01", "America/New_York", enrolled);
  std::vector<std::string> outcomes;
  for (const Occurrence& occurrence : WholePlan(*pathway, facts)) {
    v1::Reminder reminder;
    Describe(*pathway, facts, occurrence, enrolled, &reminder);
    outcomes.push_back(Outcome(reminder, zone));
  }
  EXPECT_EQ(outcomes, row.expected) << row.meaning;
}

INSTANTIATE_TEST_SUITE_P(Table, LateScheduleCases, testing::ValuesIn(kLateCases),
                         [](const testing::TestParamInfo<LateCase>& info) { return info.param.name; });

}  // namespace
}  // namespace aftercare::plan
