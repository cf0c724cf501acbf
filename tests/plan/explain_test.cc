#include "scheduler/plan/explain.h"

#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

PatientFacts ReadTransaction(const std::string& clinic, const std::string& enrolled = "") {
  PatientFacts facts =
      FactsFor("2026-03-05", "America/New_York", enrolled.empty() ? absl::InfinitePast() : Instant(enrolled));
  auto source = FromText<v1::Clinic>(clinic);
  source.set_time_zone("America/New_York");
  FieldErrors errors;
  facts.setting.calendar = std::make_shared<const ClinicCalendar>(ReadCalendar(source, &errors));
  facts.hours = facts.setting.calendar->hours;
  return facts;
}

// `KIND instant: description`, one a line.
std::string Steps(v1::Pathway pathway, const PatientFacts& facts, const std::string& recorded_due = "",
                  bool moved = false) {
  const auto compiled = CompileGood(pathway);
  const Plan plan(*compiled, facts);
  Occurrence occurrence;
  EXPECT_TRUE(plan.Find(0, 1, &occurrence));
  v1::Reminder reminder;
  Describe(*compiled, facts, occurrence, occurrence.due, &reminder);
  if (!recorded_due.empty()) SetTimestamp(Instant(recorded_due), reminder.mutable_due_time());
  AddSteps(*compiled, facts, {}, plan, 0, NameCodeOf(*compiled, occurrence), moved, &reminder);
  std::string lines;
  for (const v1::TimeStep& step : reminder.steps()) {
    absl::StrAppend(&lines, v1::TimeStepKind_Name(step.kind()).substr(15), " ", InUtc(ToTime(step.time())), ": ",
                    step.description(), "\n");
  }
  return lines;
}

// Rule r, on day 1: Friday 6 March.
v1::Pathway Friday(const std::string& schedule) {
  return OneRulePathway("days { first: 0 last: 10 }", "on { days: 1 } " + schedule);
}

constexpr char kNine[] = "NOMINAL 2026-03-06T14:00Z: Rule r of phase p says 09:00 on Fri 6 Mar 2026, day 1, by the "
                         "patient's clock (America/New_York).\n";

TEST(ExplainTest, WhatNothingMovedIsDueAsTheRuleSays) {
  EXPECT_EQ(Steps(Friday("times: '09:00'"), ReadTransaction("")), kNine);
}

TEST(ExplainTest, ContactHoursTellWhereToAndWhatTheyAre) {
  EXPECT_EQ(
      Steps(Friday("times: '09:00'"), ReadTransaction("contact_hours { openings { opens: '10:00' closes: '16:00' } }")),
      absl::StrCat(kNine,
                   "CONTACT_HOURS 2026-03-06T15:00Z: Outside the contact hours (10:00-16:00): moved to "
                   "their next opening, Fri 6 Mar 2026 10:00.\n"));
}

TEST(ExplainTest, WithoutAnOpeningTheLastStepSaysThatItIsNotSent) {
  EXPECT_EQ(Steps(Friday("times: '09:00' window { until: '09:30' }"),
                  ReadTransaction("contact_hours { openings { opens: '10:00' closes: '16:00' } }")),
            absl::StrCat(kNine,
                         "CONTACT_HOURS 2026-03-06T14:00Z: Outside the contact hours (10:00-16:00), which do "
                         "not open before its window closes, Fri 6 Mar 2026 09:30: not sent.\n"));
}

TEST(ExplainTest, EachReasonForAClosedDayIsAStep) {
  v1::Pathway pathway = Friday("times: '09:00'");
  pathway.mutable_rules(0)->set_audience(v1::AUDIENCE_CARE_TEAM);
  EXPECT_EQ(Steps(pathway, ReadTransaction("closed_weekdays: [WEEKDAY_SATURDAY, WEEKDAY_SUNDAY] "
                                           "holidays { date: '2026-03-06' display_name: 'Founders Day' }")),
            absl::StrCat(kNine,
                         "HOLIDAY 2026-03-07T14:00Z: The clinic is closed on Fri 6 Mar 2026 (Founders Day): moved to "
                         "Sat 7 Mar 2026 09:00.\n",
                         "CLOSED_DAY 2026-03-09T13:00Z: The clinic is closed on Sat 7 Mar 2026: moved to Mon 9 Mar "
                         "2026 09:00.\n"));
}

TEST(ExplainTest, LateEnrollmentTellsWhenAndWhatBecameOfIt) {
  EXPECT_EQ(Steps(Friday("times: '09:00'"), ReadTransaction("", "2026-03-06T17:30Z")),
            absl::StrCat(kNine,
                         "LATE_ENROLLMENT 2026-03-06T17:30Z: Enrolled Fri 6 Mar 2026 12:30, after that time but "
                         "inside its window: due at once.\n"));
  EXPECT_EQ(Steps(Friday("times: '09:00'"), ReadTransaction("", "2026-03-07T17:30Z")),
            absl::StrCat(kNine,
                         "LATE_ENROLLMENT 2026-03-06T14:00Z: Enrolled Sat 7 Mar 2026 12:30, when its window had "
                         "closed, Sat 7 Mar 2026 00:00: never due.\n"));
}

TEST(ExplainTest, SpreadTellsHowMuch) {
  v1::Pathway pathway = Friday("times: '09:00' window { until: '09:01' }");
  pathway.mutable_rules(0)->mutable_spread()->set_seconds(5400);
  // The window leaves 59 seconds of however much it is.
  EXPECT_EQ(Steps(pathway, ReadTransaction("")),
            absl::StrCat(kNine,
                         "SPREAD 2026-03-06T14:00Z: Spread over 1 h 30 min, so that not all patients are due at "
                         "once: 59 s later for this one.\n"));
}

TEST(ExplainTest, ASkippedTimeIsReadAsItIs) {
  PatientFacts facts = ReadTransaction("");
  facts.procedure_date = absl::CivilDay(2026, 3, 7);
  EXPECT_EQ(Steps(Friday("times: '02:30'"), facts),
            "NOMINAL 2026-03-08T07:30Z: Rule r of phase p says 02:30 on Sun 8 Mar 2026, day 1, by the patient's clock "
            "(America/New_York). Clocks skip that time; it is read as Sun 8 Mar 2026 03:30.\n");
}

TEST(ExplainTest, WhatIsRecordedElsewhereSaysSo) {
  EXPECT_EQ(Steps(Friday("times: '09:00'"), ReadTransaction(""), "2026-03-06T15:00Z"),
            absl::StrCat(kNine,
                         "RECORDED 2026-03-06T15:00Z: Recorded as due Fri 6 Mar 2026 10:00, as planned by the "
                         "facts of then; nothing moves it since.\n"));
}

TEST(ExplainTest, WhatTheClinicMovedSaysSo) {
  EXPECT_EQ(Steps(Friday("times: '09:00'"), ReadTransaction(""), "2026-03-06T15:00Z", /*moved=*/true),
            absl::StrCat(kNine, "MOVED 2026-03-06T15:00Z: Moved by the clinic to Fri 6 Mar 2026 10:00.\n"));
}

TEST(ExplainTest, EachHoldTellsWhatItWasAndWhatBecameOfIt) {
  PatientFacts facts = ReadTransaction("");
  facts.suspensions = {{Instant("2026-03-06T13:00Z"), Instant("2026-03-06T15:00Z"), v1::REMINDER_REASON_PAUSED},
                       {absl::InfinitePast(), Instant("2026-03-06T18:00Z"), v1::REMINDER_REASON_MOVED_BY_REANCHOR}};
  constexpr char kPaused[] = "PAUSED 2026-03-06T15:00Z: Paused from Fri 6 Mar 2026 08:00 to Fri 6 Mar 2026 10:00, after "
                             "that time but inside its window: due at once.\n";
  EXPECT_EQ(Steps(Friday("times: '09:00'"), facts),
            absl::StrCat(kNine, kPaused, "REANCHORED 2026-03-06T18:00Z: The enrollment was changed Fri 6 Mar 2026 13:00, "
                                         "after that time but inside its window: due at once.\n"));
  EXPECT_EQ(Steps(Friday("times: '09:00' window { until: '12:00' }"), facts),
            absl::StrCat(kNine, kPaused, "REANCHORED 2026-03-06T15:00Z: The enrollment was changed Fri 6 Mar 2026 13:00, "
                                         "when its window had closed, Fri 6 Mar 2026 12:00: never due.\n"));
}

}  // namespace
}  // namespace aftercare::plan
