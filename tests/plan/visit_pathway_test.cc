// What a pathway may say of visits, and the rules that count from them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/pathway.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

v1::Pathway GoodPathway() {
  return FromText<v1::Pathway>(R"(
      display_name: "Knee" default_locale: "en"
      phases { id: "late" display_name: "Late" span { months { first: 6 last: 12 } } }
      visits { id: "month-6" display_name: "6-month visit" target { months: 6 } days_before: 14 days_after: 21
               duration { seconds: 2700 } }
      visits { id: "month-9" display_name: "9-month visit" target { months: 9 days: -1 } }
      rules { id: "book" phase: "late" category: "visit" visit { visit: "month-6" state: VISIT_STATE_UNBOOKED }
              schedule { on { days: -28 } on { days: -14 } times: "10:00" }
              texts { key: "en" value: "Please book your {visit}, around {visit_date}." } }
      rules { id: "morning" phase: "late" category: "visit" visit { visit: "month-9" state: VISIT_STATE_BOOKED }
              schedule { on {} times: "08:00" } texts { key: "en" value: "{visit} at {visit_time}." } }
      rules { id: "other" phase: "late" category: "visit" schedule { on { months: 6 } times: "08:00" }
              texts { key: "en" value: "Hello." } })");
}

std::vector<std::string> Lines(const v1::Pathway& pathway) {
  FieldErrors errors;
  const auto compiled = CompiledPathway::Compile(pathway, &errors);
  EXPECT_EQ(compiled != nullptr, errors.empty());
  return LinesOf(errors);
}

std::vector<std::string> Fields(const v1::Pathway& pathway) {
  FieldErrors errors;
  CompiledPathway::Compile(pathway, &errors);
  return FieldsOf(errors);
}

TEST(VisitPathwayTest, VisitsAndTheRulesThatCountFromThemCompile) {
  const auto pathway = CompileGood(GoodPathway());
  ASSERT_NE(pathway, nullptr);
  ASSERT_EQ(pathway->visit_count(), 2);
  EXPECT_EQ(pathway->FindVisit("month-9"), 1);
  EXPECT_EQ(pathway->FindVisit("month-12"), -1);
  EXPECT_EQ(pathway->visit(0).target.months, 6);
  EXPECT_EQ(pathway->visit(0).days_before, 14);
  EXPECT_EQ(pathway->visit(0).days_after, 21);
  EXPECT_EQ(pathway->visit(0).duration, 2700);
  EXPECT_EQ(pathway->visit(1).target.days, -1);
  EXPECT_EQ(pathway->visit(1).duration, 1800);  // By default.
  EXPECT_EQ(pathway->rule(0).visit, 0);
  EXPECT_EQ(pathway->rule(0).visit_state, v1::VISIT_STATE_UNBOOKED);
  EXPECT_EQ(pathway->rule(1).visit, 1);
  EXPECT_EQ(pathway->rule(2).visit, -1);
}

TEST(VisitPathwayTest, EveryFaultOfAVisitIsNamed) {
  v1::Pathway pathway = GoodPathway();
  *pathway.add_visits() = FromText<v1::PathwayVisit>(R"(id: "month-6" display_name: "Twice" target { months: 12 })");
  pathway.add_visits();
  *pathway.add_visits() = FromText<v1::PathwayVisit>(R"(
      id: "Bad Id" display_name: "two\nlines" target { months: 121 days: -367 } days_before: -1 days_after: 367
      duration { seconds: 90 })");
  EXPECT_THAT(
      Lines(pathway),
      ElementsAre("visits[2].id must be unique; 'month-6' is there already",
                  "visits[3].id must be 1 to 40 lower-case letters, digits, '_' and '-', beginning with a letter",
                  "visits[3].display_name must not be empty",  //
                  "visits[3].target must say when it should be",
                  "visits[4].id must be 1 to 40 lower-case letters, digits, '_' and '-', beginning with a letter",
                  "visits[4].display_name must be valid UTF-8 without control characters",
                  "visits[4].days_before must be 0 to 366", "visits[4].days_after must be 0 to 366",
                  "visits[4].duration must be 1 minute to 24 hours, in whole minutes",
                  "visits[4].target.months must be 0 to 120", "visits[4].target.days must be -366 to 3660"));
}

// 1 month is 28 days at least: 28 days before it may be the day of the procedure, 29 days before it before that.
TEST(VisitPathwayTest, NeitherAVisitNorItsWindowMayLieBeforeTheProcedureDate) {
  v1::Pathway pathway = GoodPathway();
  v1::PathwayVisit* visit = pathway.mutable_visits(0);
  *visit->mutable_target() = FromText<v1::Offset>("months: 1 days: -28");
  visit->set_days_before(0);
  EXPECT_THAT(Lines(pathway), IsEmpty());
  visit->set_days_before(1);
  EXPECT_THAT(Lines(pathway), ElementsAre("visits[0].days_before must not reach before the procedure date"));
  visit->mutable_target()->set_days(-29);
  EXPECT_THAT(Lines(pathway), ElementsAre("visits[0].target must not be before the procedure date"));
}

TEST(VisitPathwayTest, ThereAreFiftyVisitsAtMostAndDurationsOfUpToADay) {
  v1::Pathway pathway = GoodPathway();
  while (pathway.visits_size() < 50) {
    *pathway.add_visits() = pathway.visits(0);
    pathway.mutable_visits()->rbegin()->set_id(absl::StrCat("visit-", pathway.visits_size()));
  }
  EXPECT_THAT(Lines(pathway), IsEmpty());
  *pathway.add_visits() = pathway.visits(0);
  EXPECT_THAT(Lines(pathway), ElementsAre("visits must have at most 50"));
  for (const int seconds : {0, 59, 61, 86'460, -60}) {
    pathway = GoodPathway();
    pathway.mutable_visits(0)->mutable_duration()->set_seconds(seconds);
    EXPECT_THAT(Fields(pathway), ElementsAre("visits[0].duration")) << seconds;
  }
  pathway.mutable_visits(0)->mutable_duration()->set_seconds(86'400);
  EXPECT_THAT(Lines(pathway), IsEmpty());
}

TEST(VisitPathwayTest, ARuleNamesAVisitOfThePathwayAndAState) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(0)->mutable_visit()->set_visit("month-12");
  pathway.mutable_rules(0)->mutable_visit()->clear_state();
  pathway.mutable_rules(1)->mutable_visit()->set_state(static_cast<v1::VisitState>(9));
  EXPECT_THAT(Lines(pathway),
              ElementsAre("rules[0].visit.visit must be the id of one of the visits",
                          "rules[0].visit.state must be UNBOOKED, BOOKED, ATTENDED, MISSED or CANCELLED",
                          "rules[1].visit.state must be UNBOOKED, BOOKED, ATTENDED, MISSED or CANCELLED"));
}

TEST(VisitPathwayTest, ARuleOfAVisitNamesSingleDaysWhichNeedNotLieInItsPhase) {
  v1::Pathway pathway = GoodPathway();
  v1::Schedule* schedule = pathway.mutable_rules(0)->mutable_schedule();
  *schedule = FromText<v1::Schedule>(R"(on { days: -366 } on { months: 120 days: 3660 } times: "10:00")");
  EXPECT_THAT(Lines(pathway), IsEmpty());
  *schedule = FromText<v1::Schedule>(R"(daily {} times: "10:00")");
  EXPECT_THAT(Lines(pathway), ElementsAre("rules[0].schedule.on must name the days of a rule for a visit"));
  *schedule = FromText<v1::Schedule>(R"(on { days: 3 } on { days: 2 } times: "10:00")");
  EXPECT_THAT(Fields(pathway), ElementsAre("rules[0].schedule.on[1]"));
}

TEST(VisitPathwayTest, OnlyARuleForBookedAsksForAnAppointmentOutsideItsWindow) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(1)->mutable_visit()->set_outside_window(true);
  EXPECT_THAT(Lines(pathway), IsEmpty());
  pathway.mutable_rules(0)->mutable_visit()->set_outside_window(true);
  EXPECT_THAT(Lines(pathway),
              ElementsAre("rules[0].visit.outside_window must not be set unless the state is BOOKED"));
}

TEST(VisitPathwayTest, ATaskOnWhatIsNeverToldNamesSingleDaysWhichNeedNotLieInItsPhase) {
  v1::Pathway pathway = GoodPathway();
  v1::Rule* rule = pathway.mutable_rules(2);
  rule->set_on_never_told(true);
  rule->set_audience(v1::AUDIENCE_CARE_TEAM);
  *rule->mutable_schedule() = FromText<v1::Schedule>(R"(on {} on { days: 7 } times: "08:00")");
  EXPECT_THAT(Lines(pathway), IsEmpty());
  *rule->mutable_schedule() = FromText<v1::Schedule>(R"(daily {} times: "08:00")");
  EXPECT_THAT(Lines(pathway), ElementsAre("rules[2].schedule.on must name the days of a rule with on_never_told"));
}

TEST(VisitPathwayTest, OnlyATaskThatIsForNoVisitCountsFromWhatIsNeverTold) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(1)->set_on_never_told(true);
  EXPECT_THAT(Lines(pathway), ElementsAre("rules[1].on_never_told must not be set in a rule for a visit",
                                          "rules[1].on_never_told must not be set unless the audience is CARE_TEAM"));
}

TEST(VisitPathwayTest, ARuleOfAVisitNamesAPhaseAllTheSame) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(0)->clear_phase();
  EXPECT_THAT(Fields(pathway), ElementsAre("rules[0].phase"));
}

TEST(VisitPathwayTest, OnlyARuleOfAVisitMaySpeakOfOne) {
  v1::Pathway pathway = GoodPathway();
  (*pathway.mutable_rules(2)->mutable_texts())["en"] = "Come on {visit_date}.";
  EXPECT_THAT(Lines(pathway),
              ElementsAre("rules[2].texts[\"en\"] must not have '{visit_date}' in a rule that is not for a visit"));
}

// Each of up to 20 appointments has occurrences of its own.
TEST(VisitPathwayTest, WhatARuleOfAVisitMakesIsCountedForAsManyAppointmentsAsThereCanBe) {
  v1::Pathway pathway = GoodPathway();
  v1::Schedule* schedule = pathway.mutable_rules(0)->mutable_schedule();
  schedule->clear_on();
  for (int day = 0; day < 100; ++day) schedule->add_on()->set_days(day);
  schedule->clear_times();
  for (int hour = 10; hour < 19; ++hour) schedule->add_times(absl::StrCat(hour, ":00"));
  EXPECT_THAT(Lines(pathway), IsEmpty());  // 18,000, and 21 of the other rules.
  schedule->add_times("19:00");
  EXPECT_THAT(Lines(pathway), ElementsAre("rules must not make more than 20000 reminders for one patient"));
}

}  // namespace
}  // namespace aftercare::plan
