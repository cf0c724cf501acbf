#include "scheduler/plan/placement.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

// A rule of day 1 for a procedure on Thursday, 5 March 2026: Friday 6 March.
v1::Pathway Friday(const std::string& schedule, int spread_seconds = 0, bool task = false) {
  v1::Pathway pathway = OneRulePathway("days { first: 0 last: 10 }", "on { days: 1 } " + schedule);
  v1::Rule* rule = pathway.mutable_rules(0);
  if (spread_seconds > 0) rule->mutable_spread()->set_seconds(spread_seconds);
  if (task) rule->set_audience(v1::AUDIENCE_CARE_TEAM);
  return pathway;
}

PatientFacts ReadTransaction(const std::string& clinic, const char* zone = "UTC",
                             absl::Time enrolled = absl::InfinitePast()) {
  PatientFacts facts = FactsFor("2026-03-05", zone, enrolled);
  FieldErrors errors;
  auto source = FromText<v1::Clinic>(clinic);
  if (source.time_zone().empty()) source.set_time_zone(zone);
  facts.setting.calendar = std::make_shared<const ClinicCalendar>(ReadCalendar(source, &errors));
  facts.hours = facts.setting.calendar->hours;
  EXPECT_TRUE(errors.empty());
  return facts;
}

// Due, and until when.
std::string Only(const v1::Pathway& pathway, const PatientFacts& facts) {
  const std::vector<Occurrence> plan = WholePlan(*CompileGood(pathway), facts);
  if (plan.size() != 1) return absl::StrCat(plan.size());
  return absl::StrCat(InUtc(plan[0].due), " until ", InUtc(plan[0].expire), (plan[0].missed != 0) ? " late" : "",
                      plan[0].outside_contact_hours ? " outside" : "");
}

TEST(PlacementTest, ATaskOfAClosedDayIsDueOnTheNextOpenOneWithThatDaysWindow) {
  const PatientFacts facts =
      ReadTransaction("closed_weekdays: [WEEKDAY_FRIDAY, WEEKDAY_SATURDAY] holidays { date: '2026-03-08' }");
  EXPECT_EQ(Only(Friday("times: '10:00' window { until: '12:00' }", 0, true), facts),
            "2026-03-09T10:00Z until 2026-03-09T12:00Z");
  EXPECT_EQ(Only(Friday("times: '10:00'", 0, true), facts), "2026-03-09T10:00Z until 2026-03-10T00:00Z");
  EXPECT_EQ(Only(Friday("times: '10:00'"), facts), "2026-03-06T10:00Z until 2026-03-07T00:00Z") << "messages stay";
}

TEST(PlacementTest, DaysAreClosedByTheClinicsCalendarAndTimesArePatients) {
  // 10:00 on Friday in Auckland is Thursday 21:00 in London.
  const PatientFacts facts =
      ReadTransaction("time_zone: 'Europe/London' closed_weekdays: WEEKDAY_THURSDAY", "Pacific/Auckland");
  EXPECT_EQ(Only(Friday("times: '10:00'", 0, true), facts), "2026-03-06T21:00Z until 2026-03-07T11:00Z");
}

TEST(PlacementTest, AChangeOfClocksKeepsTheLocalTimeOfAMovedTask) {
  PatientFacts facts = ReadTransaction("closed_weekdays: [WEEKDAY_SATURDAY, WEEKDAY_SUNDAY]", "America/New_York");
  facts.procedure_date = absl::CivilDay(2026, 3, 6);  // Clocks go forward on Sunday the 8th.
  EXPECT_EQ(Only(Friday("times: '10:00'", 0, true), facts), "2026-03-09T14:00Z until 2026-03-10T04:00Z");
}

TEST(PlacementTest, WhoIsEnrolledOutsideHoursWaitsForTheNextOpening) {
  const std::string hours = "contact_hours { openings { opens: '10:00' closes: '16:00' } }";
  const v1::Pathway pathway = Friday("times: '12:00' window { days: 2 }");
  EXPECT_EQ(Only(pathway, ReadTransaction(hours, "UTC", Instant("2026-03-06T15:00Z"))),
            "2026-03-06T15:00Z until 2026-03-09T00:00Z");
  EXPECT_EQ(Only(pathway, ReadTransaction(hours, "UTC", Instant("2026-03-06T22:00Z"))),
            "2026-03-07T10:00Z until 2026-03-09T00:00Z");
  EXPECT_EQ(Only(pathway, ReadTransaction(hours, "UTC", Instant("2026-03-08T17:00Z"))),
            "2026-03-08T17:00Z until 2026-03-09T00:00Z outside");
  EXPECT_EQ(Only(pathway, ReadTransaction(hours, "UTC", Instant("2026-03-09T00:00Z"))),
            "2026-03-06T12:00Z until 2026-03-09T00:00Z late");
}

TEST(PlacementTest, WhetherItWasLateDoesNotHangOnTheCalendar) {
  const v1::Pathway pathway = Friday("times: '10:00' window { until: '12:00' }", 0, true);
  const absl::Time enrolled = Instant("2026-03-06T18:00Z");
  EXPECT_EQ(Only(pathway, ReadTransaction("", "UTC", enrolled)), "2026-03-06T10:00Z until 2026-03-06T12:00Z late");
  EXPECT_EQ(Only(pathway, ReadTransaction("closed_weekdays: WEEKDAY_FRIDAY", "UTC", enrolled)),
            "2026-03-06T10:00Z until 2026-03-06T12:00Z late");
}

TEST(PlacementTest, EachPatientHasAFixedPartOfTheSpreadInWholeSeconds) {
  const auto pathway = CompileGood(Friday("times: '09:00'", 1800));
  PatientFacts facts = ReadTransaction("");
  std::set<int64_t> offsets;
  const absl::Time nominal = Instant("2026-03-06T09:00Z");
  for (int patient = 0; patient < 2000; ++patient) {
    facts.setting.spread_seed = SpreadSeed("north", absl::StrCat("e", patient));
    const absl::Time due = WholePlan(*pathway, facts).at(0).due;
    EXPECT_EQ(due, WholePlan(*pathway, facts).at(0).due);
    EXPECT_GE(due, nominal);
    EXPECT_LT(due, nominal + absl::Seconds(1800));
    offsets.insert((due - nominal) / absl::Seconds(1));
  }
  EXPECT_GT(offsets.size(), 1000u) << "of 1800 there are, 2000 patients meet some 1200";
}

// These times are on calendars already: another hash would move them.
TEST(PlacementTest, TheHashOfTheSpreadNeverChanges) {
  EXPECT_EQ(SpreadSeed("riverside", "ana"), SpreadSeed("riverside", "ana"));
  EXPECT_NE(SpreadSeed("riverside", "ana"), SpreadSeed("riversidea", "na"));
  PatientFacts facts = ReadTransaction("");
  facts.setting.spread_seed = SpreadSeed("riverside", "ana");
  CompiledRule rule;
  rule.spread = 3600;
  EXPECT_EQ(Placer(facts).SpreadFor(rule, "ice-am"), 1072);
  EXPECT_EQ(Placer(facts).SpreadFor(rule, "rest"), 384);
}

TEST(PlacementTest, SpreadStaysInsideTheWindowTheHoursAndTheOpenDay) {
  PatientFacts hours = ReadTransaction("contact_hours { openings { opens: '10:00' closes: '16:00' } }");
  PatientFacts closed = ReadTransaction("closed_weekdays: WEEKDAY_SATURDAY");
  const auto late_in_hours = CompileGood(Friday("times: '15:50'", 4 * 3600));
  const auto before_hours = CompileGood(Friday("times: '09:00'", 4 * 3600));
  const auto short_window = CompileGood(Friday("times: '12:00' window { until: '12:01' }", 4 * 3600));
  const auto late_task = CompileGood(Friday("times: '23:50' window { days: 3 }", 4 * 3600, true));
  std::set<absl::Time> at_opening;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    hours.setting.spread_seed = closed.setting.spread_seed = seed;
    EXPECT_LT(WholePlan(*late_in_hours, hours).at(0).due, Instant("2026-03-06T16:00Z"));
    at_opening.insert(WholePlan(*before_hours, hours).at(0).due);
    const Occurrence quick = WholePlan(*short_window, hours).at(0);
    EXPECT_LT(quick.due, quick.expire);
    EXPECT_LT(WholePlan(*late_task, closed).at(0).due, Instant("2026-03-07T00:00Z"));
  }
  EXPECT_GE(*at_opening.begin(), Instant("2026-03-06T10:00Z"));
  EXPECT_GT(at_opening.size(), 150u) << "the opening is no storm either";
}

TEST(PlacementTest, ASpreadIsOfWholeSecondsUpToFourHours) {
  const auto faults = [](int64_t seconds, int32_t nanos) {
    v1::Pathway pathway = Friday("times: '09:00'");
    pathway.mutable_rules(0)->mutable_spread()->set_seconds(seconds);
    pathway.mutable_rules(0)->mutable_spread()->set_nanos(nanos);
    FieldErrors errors;
    CompiledPathway::Compile(pathway, &errors);
    return LinesOf(errors);
  };
  EXPECT_EQ(faults(0, 0), std::vector<std::string>());
  EXPECT_EQ(faults(14400, 0), std::vector<std::string>());
  const std::vector<std::string> fault = {"rules[0].spread must be 0 to 4 hours, in whole seconds"};
  EXPECT_EQ(faults(14401, 0), fault);
  EXPECT_EQ(faults(-1, 0), fault);
  EXPECT_EQ(faults(1, 1), fault);
}

// A suspension as a test writes it; without `from` a bound.
Suspension Suspended(const std::string& from, const std::string& until, v1::ReminderReason reason) {
  return {from.empty() ? absl::InfinitePast() : Instant(from), Instant(until), reason};
}

TEST(PlacementTest, APauseMovesWhatIsOpenToItsEndAndLetsTheRestLapse) {
  PatientFacts facts = ReadTransaction("");
  const v1::Pathway pathway = Friday("times: '09:00' window { hours: 3 }");
  facts.suspensions = {Suspended("2026-03-06T09:00Z", "2026-03-06T11:00Z", v1::REMINDER_REASON_PAUSED)};
  EXPECT_EQ(Only(pathway, facts), "2026-03-06T11:00Z until 2026-03-06T12:00Z") << "from its first instant";
  facts.suspensions = {Suspended("2026-03-06T09:01Z", "2026-03-06T11:00Z", v1::REMINDER_REASON_PAUSED)};
  EXPECT_EQ(Only(pathway, facts), "2026-03-06T09:00Z until 2026-03-06T12:00Z") << "it was due before";
  facts.suspensions = {Suspended("2026-03-06T08:00Z", "2026-03-06T12:00Z", v1::REMINDER_REASON_PAUSED)};
  const Occurrence missed = WholePlan(*CompileGood(pathway), facts).at(0);
  EXPECT_EQ(missed.missed, v1::REMINDER_REASON_PAUSED);
  EXPECT_EQ(missed.due, Instant("2026-03-06T09:00Z"));
  EXPECT_EQ(missed.missed_time, Instant("2026-03-06T12:00Z")) << "when its window closed";
}

TEST(PlacementTest, AChangeMakesWhatIsOpenDueThenAndLetsWhatIsOverLapse) {
  PatientFacts facts = ReadTransaction("", "UTC", Instant("2026-03-01T00:00Z"));
  const v1::Pathway pathway = Friday("times: '09:00' window { hours: 3 }");
  facts.suspensions = {Suspended("", "2026-03-06T11:30Z", v1::REMINDER_REASON_MOVED_BY_REANCHOR)};
  EXPECT_EQ(Only(pathway, facts), "2026-03-06T11:30Z until 2026-03-06T12:00Z");
  facts.suspensions = {Suspended("", "2026-03-07T11:30Z", v1::REMINDER_REASON_MOVED_BY_REANCHOR)};
  const Occurrence missed = WholePlan(*CompileGood(pathway), facts).at(0);
  EXPECT_EQ(missed.missed, v1::REMINDER_REASON_MOVED_BY_REANCHOR);
  EXPECT_EQ(missed.missed_time, Instant("2026-03-07T11:30Z")) << "when the plan changed";
}

TEST(PlacementTest, WhatAHoldMovesGoesThroughContactHoursOnceMore) {
  PatientFacts facts = ReadTransaction("contact_hours { openings { opens: '08:00' closes: '18:00' } }");
  facts.suspensions = {Suspended("2026-03-06T08:00Z", "2026-03-06T20:00Z", v1::REMINDER_REASON_PAUSED)};
  EXPECT_EQ(Only(Friday("times: '09:00' window { days: 2 }"), facts), "2026-03-07T08:00Z until 2026-03-09T00:00Z");
  EXPECT_EQ(Only(Friday("times: '09:00'"), facts), "2026-03-06T20:00Z until 2026-03-07T00:00Z outside");
}

TEST(PlacementTest, HoldsActOneAfterTheOther) {
  PatientFacts facts = ReadTransaction("", "UTC", Instant("2026-03-06T10:00Z"));
  facts.suspensions = {Suspended("2026-03-06T10:00Z", "2026-03-06T11:00Z", v1::REMINDER_REASON_PAUSED),
                       Suspended("", "2026-03-06T12:00Z", v1::REMINDER_REASON_MOVED_BY_REANCHOR),
                       Suspended("2026-03-06T12:00Z", "2026-03-06T13:00Z", v1::REMINDER_REASON_PAUSED)};
  EXPECT_EQ(Only(Friday("times: '09:00'"), facts), "2026-03-06T13:00Z until 2026-03-07T00:00Z");
  EXPECT_EQ(WholePlan(*CompileGood(Friday("times: '09:00' window { until: '11:30' }")), facts).at(0).missed,
            v1::REMINDER_REASON_MOVED_BY_REANCHOR);
}

TEST(PlacementTest, AWindowFromAnotherTimeIsOfTheSameShape) {
  const auto end = [](const std::string& window, const char* due) {
    const auto pathway = CompileGood(Friday("times: '09:00' " + window));
    return InUtc(WindowEnd(pathway->rule(0), Instant(due), FindZone("America/New_York").value()));
  };
  EXPECT_EQ(end("", "2026-07-01T15:00Z"), "2026-07-02T04:00Z");
  EXPECT_EQ(end("window { days: 2 }", "2026-07-01T15:00Z"), "2026-07-04T04:00Z");
  EXPECT_EQ(end("window { hours: 3 }", "2026-07-01T15:00Z"), "2026-07-01T18:00Z");
  EXPECT_EQ(end("window { until: '12:00' }", "2026-07-01T15:00Z"), "2026-07-01T16:00Z");
  EXPECT_EQ(end("window { until: '12:00' }", "2026-07-01T16:00Z"), "2026-07-02T04:00Z") << "at its closing time";
}

}  // namespace
}  // namespace aftercare::plan
