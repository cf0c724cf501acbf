// What a patient is sent after a change of facts, case by case. All dates are of the year 2026.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/plan/matching_world.h"

namespace aftercare::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kNewYork[] = "America/New_York";
constexpr char kChicago[] = "America/Chicago";
constexpr char kHonolulu[] = "Pacific/Honolulu";
constexpr char kAuckland[] = "Pacific/Auckland";

WorldFacts FactsOn(const std::string& date, std::vector<WorldRule> rules, const std::string& zone = kNewYork) {
  return {.date = Date(date), .zone = zone, .rules = std::move(rules), .appointments = {}};
}

// A patient whose procedure is on 2 March, and who is enrolled the same day.
WorldFacts InMarch(std::vector<WorldRule> rules) { return FactsOn("03-02", std::move(rules)); }

WorldRule Ice(const std::string& times = "08:00") { return Daily("ice", 1, 14, times); }
WorldRule One() { return On("one", {1}, "08:00"); }

WorldRule OfSeries(const std::string& series, WorldRule rule) {
  rule.series = series;
  return rule;
}

WorldRule OpenForDays(int days, WorldRule rule) {
  rule.window_days = days;
  return rule;
}

WorldRule OpenForHours(int hours, WorldRule rule) {
  rule.window_hours = hours;
  return rule;
}

// The message on the eve of a visit, until 20:00.
WorldRule Eve() {
  WorldRule rule = On("eve", {-1}, "10:00");
  rule.until = 20 * 60;
  rule.visit = "visit";
  return rule;
}

// Lets everything of the rules with these ids become `outcome`, and sends the others.
MatchingWorld::Decide For(const std::string& id, Outcome outcome) {
  return [=](const WorldRule& rule, absl::CivilMinute) { return rule.id == id ? outcome : Outcome::kSent; };
}

// Lets what is planned at an hour become `outcome`, and sends the others.
MatchingWorld::Decide ForHour(int hour, Outcome outcome) {
  return [=](const WorldRule&, absl::CivilMinute at) { return at.hour() == hour ? outcome : Outcome::kSent; };
}

// The world after it has sent everything until `now`, and then changed.
struct Played : MatchingWorld {
  Played(const WorldFacts& facts, const std::string& enrolled, const std::string& now, const Decide& decide = AllSent)
      : MatchingWorld(facts, enrolled) {
    PlayUntil(now, decide);
  }
};

// ---- The procedure date is corrected or the procedure is postponed.

TEST(MatchCases, Case18_ADateCorrectedIntoThePastSendsNothingTwice) {
  const WorldFacts facts = InMarch({Ice(), One()});
  Played world(facts, "03-02 10:00", "03-04 12:00");
  world.Change(WithDate(facts, "03-01"));
  EXPECT_THAT(world.Covers(),
              ElementsAre("ice.2026-03-03T08:00 covers ice 03-03 08:00", "ice.2026-03-04T08:00 covers ice 03-04 08:00",
                          "one.2026-03-03T08:00 covers one 03-02 08:00"));
  EXPECT_THAT(world.PlayUntil("03-06 23:00"), ElementsAre("ice 03-05 08:00", "ice 03-06 08:00"));
}

TEST(MatchCases, Case20_APostponedProcedureGetsItsOwnFirstDays) {
  const WorldFacts facts = InMarch({Daily("ice", 1, 3, "08:00"), One(), On("before", {-1}, "09:00")});
  Played world(facts, "03-01 08:00", "03-04 12:00");
  world.Change(WithDate(facts, "03-16"));
  EXPECT_THAT(world.Covers(), IsEmpty());
  EXPECT_THAT(world.PlayUntil("04-01 00:00"), ElementsAre("before 03-15 09:00", "ice 03-17 08:00", "one 03-17 08:00",
                                                          "ice 03-18 08:00", "ice 03-19 08:00"));
}

TEST(MatchCases, Case28_AMonthlyMessageStandsForAMonthCountedFromAnotherDay) {
  const WorldFacts facts = FactsOn("01-31", {Monthly("month", 1, 6, "08:00")});
  Played world(facts, "01-31 10:00", "03-01 12:00");
  world.Change(WithDate(facts, "01-30"));
  EXPECT_THAT(world.Covers(), ElementsAre("month.2026-02-28T08:00 covers month 02-28 08:00"));
  EXPECT_THAT(world.PlayUntil("04-01 00:00"), ElementsAre("month 03-30 08:00"));
}

TEST(MatchCases, Case32_AMessageOfTheFirstDayComesAgainIfTheProcedureIsToday) {
  const WorldFacts facts = InMarch({One()});
  Played world(facts, "03-02 10:00", "03-03 12:00");
  world.Change(WithDate(facts, "03-03"));
  EXPECT_THAT(world.PlayUntil("03-06 00:00"), ElementsAre("one 03-04 08:00"));
}

TEST(MatchCases, Case33_AnUndoneMoveSendsNothingAgainAndLosesNothing) {
  const WorldFacts facts = InMarch({Ice(), One(), OpenForDays(3, On("long", {1}, "09:00"))});
  Played world(facts, "03-02 10:00", "03-03 12:00", For("long", Outcome::kWaits));
  world.Change(WithDate(facts, "03-20"));
  world.Change(facts);
  EXPECT_THAT(world.PlayUntil("03-04 12:00"), ElementsAre("long 03-03 12:00", "ice 03-04 08:00"));
  EXPECT_THAT(world.Covers(), Contains("long.2026-03-03T09:00 covers long 03-03 09:00"));
}

TEST(MatchCases, Case35_APatientIsNotAskedToBookAgainWhenTheDateShifts) {
  const WorldFacts facts = InMarch({OpenForDays(5, On("ask", {76, 83}, "09:00"))});
  for (const auto& [date, next] : {std::pair("03-05", "ask 05-27 09:00"), std::pair("02-27", "ask 05-21 09:00")}) {
    Played world(facts, "05-01 10:00", "05-18 12:00");
    world.Change(WithDate(facts, date));
    EXPECT_THAT(world.PlayUntil("06-30 00:00"), ElementsAre(next));
  }
}

TEST(MatchCases, Case35_APatientIsAskedToBookAgainIfTheProcedureIsStillAhead) {
  const WorldFacts facts = InMarch({OpenForDays(5, On("ask", {76, 83}, "09:00"))});
  Played world(facts, "05-01 10:00", "05-18 12:00");
  world.Change(WithDate(facts, "06-01"));
  EXPECT_THAT(world.PlayUntil("08-30 00:00"), ElementsAre("ask 08-16 09:00", "ask 08-23 09:00"));
}

TEST(MatchCases, Case41_APostponedProcedureKeepsItsFirstDaysWhenAnythingElseChanges) {
  const WorldFacts facts = InMarch({Ice(), One()});
  Played world(facts, "03-02 10:00", "03-04 12:00");
  world.Change(WithDate(facts, "03-16"));
  world.Change(WithDate(WithRules(facts, {Ice(), One(), Daily("other", 20, 30, "09:00")}), "03-16"));
  EXPECT_THAT(world.PlayUntil("03-17 12:00"), ElementsAre("ice 03-17 08:00", "one 03-17 08:00"));
}

TEST(MatchCases, Case44_WindowsOfSeveralDaysDoNotMakeABurst) {
  const WorldFacts facts = InMarch({OpenForDays(3, Ice())});
  Played world(facts, "03-02 10:00", "03-04 12:00");
  world.Change(WithDate(facts, "02-20"));
  EXPECT_THAT(world.PlayUntil("03-05 12:00"), ElementsAre("ice 03-05 08:00"));
}

TEST(MatchCases, Case46_ALineToldUnderTwoDatesSilencesNoOther) {
  const WorldFacts facts = InMarch({On("one", {1, 7}, "08:00")});
  Played world(facts, "03-02 10:00", "03-03 12:00");
  world.Change(WithDate(facts, "03-08"));
  EXPECT_THAT(world.PlayUntil("03-09 08:00"), ElementsAre("one 03-09 08:00"));
  world.Change(facts);
  EXPECT_THAT(world.PlayUntil("03-10 00:00"), ElementsAre("one 03-09 08:00"));
}

TEST(MatchCases, Case47_AnEarlierLineDoesNotStandForOneThatIsNowToday) {
  const WorldFacts facts = FactsOn("03-20", {On("before", {-7, -1}, "08:00")});
  Played world(facts, "03-01 10:00", "03-13 12:00");
  world.Change(WithDate(facts, "03-14"));
  EXPECT_THAT(world.PlayUntil("03-15 00:00"), ElementsAre("before 03-13 12:00"));
}

TEST(MatchCases, Case51_ASlipOfThePenThatIsMendedSendsNothingAgain) {
  const WorldFacts facts = InMarch({On("one", {1, 7}, "08:00")});
  Played world(facts, "03-02 10:00", "03-03 12:00");
  world.Change(WithDate(facts, "03-04"), /*keep_sent=*/true);
  EXPECT_THAT(world.Due(), ElementsAre("one 03-11 08:00"));
  world.Change(facts);
  EXPECT_THAT(world.PlayUntil("03-30 00:00"), ElementsAre("one 03-09 08:00"));
}

TEST(MatchCases, Case52_AMessageReportedLateCountsFromItsLease) {
  const WorldFacts facts = InMarch({One()});
  Played world(facts, "03-02 10:00", "03-03 08:00", For("one", Outcome::kLeased));
  world.Change(WithDate(facts, "03-04"));
  world.PlayUntil("03-05 07:00");
  world.ReportAllSent();
  EXPECT_THAT(world.PlayUntil("03-06 00:00"), ElementsAre("one 03-05 08:00"));
}

// ---- The rules are revised, or others apply.

TEST(MatchCases, Case21_DroppingOneOfTwoTimesSkipsNoDay) {
  const WorldFacts facts = InMarch({Ice("08:00 20:00")});
  Played world(facts, "03-02 10:00", "03-07 23:00");
  world.Change(WithRules(facts, {Ice()}));
  EXPECT_THAT(world.PlayUntil("03-10 23:00"), ElementsAre("ice 03-08 08:00", "ice 03-09 08:00", "ice 03-10 08:00"));
}

TEST(MatchCases, Case22_AddingATimeOfDayBeginsToday) {
  const WorldFacts facts = InMarch({Ice()});
  Played world(facts, "03-02 10:00", "03-05 09:00");
  world.Change(WithRules(facts, {Ice("08:00 20:00")}));
  EXPECT_THAT(world.PlayUntil("03-06 23:00"), ElementsAre("ice 03-05 20:00", "ice 03-06 08:00", "ice 03-06 20:00"));
}

TEST(MatchCases, Case23And27_AnotherTimeOfDayBeginsTomorrowIfTodayWasSent) {
  for (const std::string time : {"08:30", "21:00"}) {
    const WorldFacts facts = InMarch({Ice()});
    Played world(facts, "03-02 10:00", "03-05 08:10");
    world.Change(WithRules(facts, {Ice(time)}));
    EXPECT_THAT(world.PlayUntil("03-06 23:00"), ElementsAre("ice 03-06 " + time));
  }
}

TEST(MatchCases, Case25_OtherWeekdaysBeginWithTheNext) {
  const WorldFacts facts = FactsOn("03-01", {Weekly("walk", {0, 2, 4}, "09:00")});
  Played world(facts, "03-01 10:00", "03-04 12:00");  // A Wednesday.
  world.Change(WithRules(facts, {Weekly("walk", {1, 3, 5}, "09:00")}));
  EXPECT_THAT(world.PlayUntil("03-08 00:00"), ElementsAre("walk 03-05 09:00", "walk 03-07 09:00"));
}

TEST(MatchCases, Case26_AnEveningDoesNotStandForTheNextMorning) {
  const WorldFacts facts = InMarch({Ice("08:00 21:00")});
  Played world(facts, "03-02 10:00", "03-05 22:00");
  world.Change(WithRules(facts, {Ice()}));
  EXPECT_THAT(world.PlayUntil("03-06 23:00"), ElementsAre("ice 03-06 08:00"));
}

TEST(MatchCases, Case29_ARenamedRuleOfTheSeriesIsNotSentAgain) {
  const WorldFacts facts = InMarch({OfSeries("cold", Ice())});
  Played world(facts, "03-02 10:00", "03-05 09:00");
  world.Change(WithRules(facts, {OfSeries("cold", Daily("cool", 1, 14, "08:00"))}));
  EXPECT_THAT(world.PlayUntil("03-06 23:00"), ElementsAre("cool 03-06 08:00"));
}

TEST(MatchCases, Case30_AVariantForAnotherSeverityDoesNotAskAgain) {
  const WorldFacts facts = FactsOn("03-01", {OfSeries("check-in", Weekly("weekly", {1}, "17:00"))});
  Played world(facts, "03-01 10:00", "03-03 17:05", For("weekly", Outcome::kAnswered));
  world.Change(WithRules(facts, {OfSeries("check-in", Weekly("twice-weekly", {1, 4}, "17:00"))}));
  EXPECT_THAT(world.PlayUntil("03-11 00:00"), ElementsAre("twice-weekly 03-06 17:00", "twice-weekly 03-10 17:00"));
}

TEST(MatchCases, Case36_AFactorResurrectsNothing) {
  const WorldFacts facts =
      InMarch({OpenForDays(5, On("failed", {2}, "08:00")), OpenForDays(5, On("expired", {2}, "08:00"))});
  Played world(facts, "03-02 10:00", "03-04 12:00", [](const WorldRule& rule, absl::CivilMinute) {
    return rule.id == "failed" ? Outcome::kFailed : Outcome::kExpired;
  });
  WorldFacts severe = facts;
  severe.rules.push_back(Daily("severe", 1, 14, "10:00"));
  world.Change(severe);
  EXPECT_THAT(world.PlayUntil("03-05 00:00"), ElementsAre("severe 03-04 12:00"));
}

TEST(MatchCases, Case38_AnOlderMessageOfASupersedingRuleIsNotSentAfterANewerOne) {
  WorldRule rule = Ice("08:00 12:00");
  rule.supersede = true;
  const WorldFacts facts = InMarch({rule});
  for (const std::string times : {"09:00 12:00", "08:00"}) {  // In the second, the newer message covers nothing.
    Played world(facts, "03-02 13:00", "03-03 13:00", ForHour(8, Outcome::kWaits));
    WorldRule revised = Ice(times);
    revised.supersede = true;
    world.Change(WithRules(facts, {revised}));
    EXPECT_THAT(world.PlayUntil("03-04 00:00"), IsEmpty()) << times;
  }
}

TEST(MatchCases, Case40_ALineKeepsItsOffsetAndASingleLineStaysSent) {
  const WorldFacts two = FactsOn("03-20", {On("before", {-7, -1}, "08:00")});
  Played before(two, "03-01 10:00", "03-19 12:00");
  before.Change(WithRules(two, {On("before", {-1}, "08:00")}));
  EXPECT_THAT(before.Covers(), ElementsAre("before.2026-03-19T08:00 covers before 03-19 08:00"));
  EXPECT_THAT(before.PlayUntil("03-30 00:00"), IsEmpty());

  const WorldFacts single = InMarch({One()});
  Played after(single, "03-02 10:00", "03-03 12:00");
  after.Change(WithRules(single, {On("one", {2}, "08:00")}));
  EXPECT_THAT(after.PlayUntil("03-30 00:00"), IsEmpty());
}

TEST(MatchCases, Case43_AMissedMorningSilencesNoEvening) {
  const WorldFacts facts = InMarch({OpenForHours(2, Ice())});
  Played world(facts, "03-02 10:00", "03-05 12:00", For("ice", Outcome::kExpired));
  world.Change(WithRules(facts, {Ice("20:00")}));
  EXPECT_THAT(world.PlayUntil("03-05 23:00"), ElementsAre("ice 03-05 20:00"));
}

TEST(MatchCases, Case49_TheMorningPartDoesNotStandForTheEveningPart) {
  const WorldFacts facts =
      InMarch({OfSeries("ice", Daily("am", 1, 14, "08:00")), OfSeries("ice", Daily("pm", 1, 14, "20:00"))});
  Played world(facts, "03-02 21:00", "03-05 08:30");
  world.Change(WithRules(facts, {OfSeries("ice", Daily("pm", 1, 14, "21:00"))}));
  EXPECT_THAT(world.PlayUntil("03-06 12:00"), ElementsAre("pm 03-05 21:00"));
}

TEST(MatchCases, Case53_AnotherWeekdayIsTheSameWeekOnlyWithinHalfAWeek) {
  const WorldFacts facts = FactsOn("03-01", {Weekly("weigh", {0}, "09:00")});
  for (const auto& [weekday, next] : {std::pair(2, "weigh 03-11 09:00"), std::pair(4, "weigh 03-06 09:00")}) {
    Played world(facts, "03-01 10:00", "03-02 12:00");  // A Monday.
    world.Change(WithRules(facts, {Weekly("weigh", {weekday}, "09:00")}));
    EXPECT_EQ(world.Due().front(), next);
  }
}

// ---- The patient moves to another zone.

TEST(MatchCases, Case31_AnotherZoneNeitherRepeatsNorSkipsADay) {
  const WorldFacts west = FactsOn("03-02", {Ice()}, kHonolulu);
  Played eastward(west, "03-02 10:00", "03-05 08:10");
  eastward.Change(WithZone(west, kAuckland));
  EXPECT_EQ(eastward.Due().front(), "ice 03-07 08:00");  // 25 hours later: 08:00 in Honolulu is 07:00 the day after.

  const WorldFacts east = FactsOn("03-02", {Ice()}, kAuckland);
  Played westward(east, "03-02 10:00", "03-05 08:10");
  westward.Change(WithZone(east, kHonolulu));
  EXPECT_EQ(westward.Due().front(), "ice 03-05 08:00");  // 23 hours later: 08:00 in Auckland is 09:00 the day before.
}

TEST(MatchCases, Case37_TheNudgesOfAnAnsweredQuestionStayEndedInAnyZone) {
  WorldRule nudge;
  nudge.id = nudge.series = "nudge";
  nudge.follows = "ask";
  nudge.delay_hours = 24;
  const WorldFacts facts = FactsOn("03-01", {Weekly("ask", {1}, "09:00"), nudge});
  for (const char* zone : {kChicago, kAuckland, "Asia/Kathmandu", kHonolulu}) {
    Played world(facts, "03-01 10:00", "03-03 10:00", For("ask", Outcome::kAnswered));
    world.Change(WithZone(facts, zone));
    EXPECT_THAT(world.PlayUntil("03-08 00:00"), IsEmpty()) << zone;
  }
}

TEST(MatchCases, Case42_AZoneAndALaterDateTogetherDoNotRepeatToday) {
  const WorldFacts facts = FactsOn("03-10", {Daily("prepare", -5, -1, "08:00")});
  Played in_steps(facts, "03-04 10:00", "03-07 08:30");
  in_steps.Change(WithZone(facts, kChicago));
  in_steps.Change(WithZone(WithDate(facts, "03-11"), kChicago));
  EXPECT_THAT(in_steps.PlayUntil("03-08 12:00"), ElementsAre("prepare 03-08 08:00"));

  Played at_once(facts, "03-04 10:00", "03-07 08:30");
  at_once.Change(WithZone(WithDate(facts, "03-11"), kChicago));
  EXPECT_THAT(at_once.PlayUntil("03-08 12:00"), ElementsAre("prepare 03-08 08:00"));
}

TEST(MatchCases, Case45_ADayThatWasCalledOffStaysOffInAnotherZone) {
  const WorldFacts facts = FactsOn("03-02", {Ice()}, kHonolulu);
  Played world(facts, "03-02 10:00", "03-03 12:00");
  world.CallOff("ice", Date("03-06"));
  world.Change(WithZone(facts, kAuckland));
  EXPECT_THAT(world.PlayUntil("03-08 00:00"), ElementsAre("ice 03-05 08:00", "ice 03-07 08:00"));
}

TEST(MatchCases, Case50_ADenserEarlyPhaseDoesNotMatterLater) {
  const WorldFacts facts = InMarch(
      {OfSeries("ice", Daily("early", 1, 4, "08:00 10:00 12:00")), OfSeries("ice", Daily("late", 5, 25, "08:00"))});
  Played world(facts, "03-02 21:00", "03-12 08:30");
  world.Change(WithZone(facts, kChicago));
  EXPECT_THAT(world.PlayUntil("03-13 07:00"), IsEmpty());
}

// ---- An appointment is moved.

TEST(MatchCases, Case24_EachAgreedStartIsTold) {
  const WorldFacts facts = FactsOn("06-01", {Eve()});
  Played world(Booked(facts, "09-03 14:30"), "08-20 10:00", "09-02 12:00");
  world.Change(Booked(facts, "09-10 09:00"));
  EXPECT_THAT(world.PlayUntil("09-09 12:00"), ElementsAre("eve 09-09 10:00"));
  world.Change(Booked(facts, "09-10 15:00"));
  EXPECT_THAT(world.PlayUntil("09-11 00:00"), ElementsAre("eve 09-09 12:00"));
}

TEST(MatchCases, Case34_AStartThatIsAgreedAgainIsToldAgain) {
  const WorldFacts facts = FactsOn("06-01", {Eve()});
  Played world(Booked(facts, "09-10 09:00"), "09-01 10:00", "09-09 11:00");
  world.Change(Booked(facts, "09-10 15:00"));
  EXPECT_THAT(world.PlayUntil("09-09 12:00"), ElementsAre("eve 09-09 11:00"));
  world.Change(Booked(facts, "09-10 09:00"));
  EXPECT_THAT(world.PlayUntil("09-11 00:00"), ElementsAre("eve 09-09 12:00"));
}

TEST(MatchCases, Case39_ALateReportCountsForTheStartThatWasLeased) {
  const WorldFacts facts = FactsOn("06-01", {Eve()});
  Played world(Booked(facts, "09-10 09:00"), "09-01 10:00", "09-09 10:01", For("eve", Outcome::kLeased));
  world.Change(Booked(facts, "09-10 15:00"));
  world.ReportAllSent();
  EXPECT_THAT(world.Covers(), IsEmpty());
  EXPECT_THAT(world.PlayUntil("09-11 00:00"), ElementsAre("eve 09-09 10:01"));
}

TEST(MatchCases, Case48_WhatWasCalledOffForOneStartComesForAnother) {
  const WorldFacts facts = FactsOn("06-01", {Eve()});
  MatchingWorld world(Booked(facts, "09-10 09:00"), "09-01 10:00");
  world.CallOff("eve", Date("09-09"));
  world.Change(Booked(facts, "09-11 15:00"));
  EXPECT_THAT(world.PlayUntil("09-12 00:00"), ElementsAre("eve 09-10 10:00"));
}

}  // namespace
}  // namespace aftercare::plan
