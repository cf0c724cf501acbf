// What a patient is sent after the procedure date or the time zone changes, and what the difference says of it. The
// name of a test begins with its row in the table of schedule cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine/enrollments/told_world.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kChicago[] = "America/Chicago";
constexpr char kHonolulu[] = "Pacific/Honolulu";
constexpr char kAuckland[] = "Pacific/Auckland";

v1::Rule Ice() { return Daily("ice", 1, 14, {"08:00"}); }
v1::Rule One() { return On("one", {1}, {"08:00"}); }
v1::Rule OpenForDays(int days, v1::Rule rule) {
  return With(std::move(rule), absl::StrCat("schedule { window { days: ", days, " } }"));
}
// A rule that counts from the procedure date and may lie before it.
v1::Rule Before(const std::vector<int>& days) {
  return OfVisit("operation", "UNBOOKED", On("before", days, {"08:00"}));
}
v1::Rule Ask() { return OpenForDays(5, OfVisit("review", "UNBOOKED", On("ask", {-14, -7}, {"09:00"}))); }

class ToldOfAnotherDateOrZone : public ::testing::Test {
 protected:
  // Enrols a patient with a procedure on 2 March at 10:00 of that day.
  ToldWorld InMarch(const std::vector<v1::Rule>& rules, const std::string& zone = "America/New_York") {
    return Enrolled("2026-03-02", "03-02 10:00", rules, zone);
  }
  ToldWorld Enrolled(const std::string& date, const std::string& enrolled, const std::vector<v1::Rule>& rules,
                     const std::string& zone = "America/New_York") {
    return ToldWorld(world_, absl::StrCat("c", ++clinics_),
                     {.procedure_date = date, .enrolled = enrolled, .rules = rules, .zone = zone});
  }

  World world_{At("2026-01-01T00:00")};
  int clinics_ = 0;
};

// ---- The procedure date is corrected or the procedure is postponed.

TEST_F(ToldOfAnotherDateOrZone, Case18_ADateCorrectedIntoThePastSendsNothingTwice) {
  ToldWorld ana = InMarch({Ice(), One()});
  ana.Play("03-04 12:00");
  const v1::PlanDiff diff = ana.ChangeDate("2026-03-01");
  EXPECT_EQ(diff.sent_again_count(), 0);
  EXPECT_EQ(diff.also_today_count(), 0);
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_ALREADY_SENT), ElementsAre("one.2026-03-03 03-02 08:00"));
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_DROPPED), ElementsAre("ice.2026-03-16"));
  EXPECT_EQ(ana.StateOf("ice.2026-03-04"), "SENT");
  EXPECT_THAT(ana.Play("03-06 23:00"), ElementsAre("ice 03-05 08:00", "ice 03-06 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case20_APostponedProcedureGetsItsOwnDaysAndTheDifferenceSaysWhatIsSentAgain) {
  ToldWorld ana = Enrolled("2026-03-02", "03-01 07:00",
                           {Daily("ice", 1, 3, {"08:00"}), One(), Daily("walk", 4, 6, {"09:00"}), Before({-1})});
  ana.Play("03-04 12:00");
  const v1::PlanDiff diff = ana.ChangeDate("2026-03-16");
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_SENT_AGAIN),
              UnorderedElementsAre("before.2026-03-15 03-15 08:00", "ice.2026-03-17 03-17 08:00",
                                   "ice.2026-03-18 03-18 08:00", "one.2026-03-17 03-17 08:00"));
  EXPECT_EQ(diff.sent_again_count(), 4);
  EXPECT_EQ(diff.also_today_count(), 0);
  EXPECT_THAT(ana.Play("04-01 00:00"),
              ElementsAre("before 03-15 08:00", "ice 03-17 08:00", "one 03-17 08:00", "ice 03-18 08:00",
                          "ice 03-19 08:00", "walk 03-20 09:00", "walk 03-21 09:00", "walk 03-22 09:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case28_AMonthlyMessageStandsForAMonthCountedFromAnotherDay) {
  ToldWorld ana = Enrolled("2026-01-31", "01-31 10:00", {Monthly("month", 1, 6, "08:00")});
  EXPECT_THAT(ana.Play("03-01 12:00"), ElementsAre("month 02-28 08:00"));
  EXPECT_EQ(ana.ChangeDate("2026-01-30").sent_again_count(), 0);
  EXPECT_THAT(ana.Play("04-01 00:00"), ElementsAre("month 03-30 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case32_AMessageOfTheFirstDayComesAgainIfTheProcedureIsToday) {
  ToldWorld ana = InMarch({One()});
  ana.Play("03-03 12:00");
  EXPECT_THAT(ana.Changes(ana.ChangeDate("2026-03-03"), v1::PLAN_CHANGE_KIND_SENT_AGAIN),
              ElementsAre("one.2026-03-04 03-04 08:00"));
  EXPECT_THAT(ana.Play("03-06 00:00"), ElementsAre("one 03-04 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case33_AnUndoneMoveSendsNothingAgainAndWhatWasDueIsDue) {
  ToldWorld ana = InMarch({Ice(), One(), OpenForDays(3, On("long", {1}, {"09:00"}))});
  EXPECT_THAT(ana.Play("03-03 12:00", /*except=*/"long"), ElementsAre("ice 03-03 08:00", "one 03-03 08:00"));
  ana.ChangeDate("2026-03-20");
  EXPECT_EQ(ana.StateOf("long.2026-03-03"), "CANCELLED/MOVED_BY_REANCHOR");
  const v1::PlanDiff back = ana.ChangeDate("2026-03-02");
  EXPECT_EQ(back.sent_again_count(), 0);
  EXPECT_EQ(back.also_today_count(), 0);
  EXPECT_EQ(ana.StateOf("long.2026-03-03"), "DUE");
  EXPECT_EQ(ana.StateOf("one.2026-03-03"), "SENT");
  EXPECT_THAT(ana.Play("03-04 12:00"), ElementsAre("long 03-03 12:00", "ice 03-04 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case35_APatientIsNotAskedToBookAgainWhenTheDateShifts) {
  for (const auto& [date, next] :
       {std::pair("2026-03-05", "ask 05-27 09:00"), std::pair("2026-02-27", "ask 05-21 09:00")}) {
    ToldWorld ana = Enrolled("2026-03-02", "05-01 10:00", {Ask()});
    EXPECT_THAT(ana.Play("05-18 12:00"), ElementsAre("ask 05-17 09:00"));
    EXPECT_EQ(ana.ChangeDate(date).sent_again_count(), 0);
    EXPECT_THAT(ana.Play("06-30 00:00"), ElementsAre(next));
  }
}

TEST_F(ToldOfAnotherDateOrZone, Case35_APatientIsAskedToBookAgainIfTheProcedureIsStillAhead) {
  ToldWorld ana = Enrolled("2026-03-02", "05-01 10:00", {Ask()});
  ana.Play("05-18 12:00");
  EXPECT_EQ(ana.ChangeDate("2026-06-01").sent_again_count(), 1);
  EXPECT_THAT(ana.Play("08-30 00:00"), ElementsAre("ask 08-16 09:00", "ask 08-23 09:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case41_APostponedProcedureKeepsItsFirstDaysWhenAnythingElseChanges) {
  ToldWorld ana = InMarch({Ice(), One()});
  ana.Play("03-04 12:00");
  ana.ChangeDate("2026-03-16");
  const v1::PlanDiff diff = ana.Revise({Ice(), One(), Daily("other", 20, 30, {"09:00"})});
  EXPECT_EQ(diff.added_count(), 11);
  EXPECT_EQ(diff.changes_size(), 11) << "nothing of the other rules changes";
  EXPECT_THAT(ana.Play("03-17 12:00"), ElementsAre("ice 03-17 08:00", "one 03-17 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case44_WindowsOfSeveralDaysDoNotMakeABurst) {
  ToldWorld ana = InMarch({OpenForDays(3, Ice())});
  ana.Play("03-04 12:00");
  const v1::PlanDiff diff = ana.ChangeDate("2026-02-20");
  EXPECT_EQ(diff.sent_again_count() + diff.also_today_count(), 0);
  EXPECT_THAT(ana.Play("03-05 12:00"), ElementsAre("ice 03-05 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case46_ALineToldUnderTwoDatesSilencesNoOther) {
  ToldWorld ana = InMarch({On("one", {1, 7}, {"08:00"})});
  ana.Play("03-03 12:00");
  ana.ChangeDate("2026-03-08");
  EXPECT_THAT(ana.Play("03-09 08:30"), ElementsAre("one 03-09 08:00"));
  EXPECT_EQ(ana.sent().back().id, "one.2026-03-09");
  ana.ChangeDate("2026-03-02");
  EXPECT_THAT(ana.Play("03-10 00:00"), ElementsAre("one 03-09 08:30"));
  EXPECT_EQ(ana.sent().back().id, "one.2026-03-09~2");
}

TEST_F(ToldOfAnotherDateOrZone, Case47_AnEarlierLineDoesNotStandForOneThatIsNowToday) {
  ToldWorld ana = Enrolled("2026-03-20", "03-01 10:00", {Before({-7, -1})});
  EXPECT_THAT(ana.Play("03-13 12:00"), ElementsAre("before 03-13 08:00"));
  EXPECT_EQ(ana.ChangeDate("2026-03-14").also_today_count(), 1);
  EXPECT_THAT(ana.Play("03-15 00:00"), ElementsAre("before 03-13 12:00"));
  EXPECT_EQ(ana.sent().back().id, "before.2026-03-13~2");
}

TEST_F(ToldOfAnotherDateOrZone, Case51_ASlipOfThePenThatIsMendedSendsNothingAgain) {
  ToldWorld ana = InMarch({On("one", {1, 7}, {"08:00"})});
  ana.Play("03-03 12:00");
  EXPECT_EQ(ana.ChangeDate("2026-03-04", /*keep_sent=*/true).sent_again_count(), 0);
  EXPECT_EQ(ana.StateOf("one.2026-03-03"), "SENT");
  EXPECT_EQ(ana.ChangeDate("2026-03-02").sent_again_count(), 0);
  EXPECT_THAT(ana.Play("03-30 00:00"), ElementsAre("one 03-09 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case51_WithoutKeepSentTheSameCorrectionTellsAgain) {
  ToldWorld ana = InMarch({On("one", {1, 7}, {"08:00"})});
  ana.Play("03-03 12:00");
  EXPECT_EQ(ana.ChangeDate("2026-03-04").sent_again_count(), 1);
  EXPECT_THAT(ana.Play("03-30 00:00"), ElementsAre("one 03-05 08:00", "one 03-11 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case51_WhatIsKeptAsSentIsNotSentUnderTheNewDateEither) {
  ToldWorld ana = InMarch({Ice(), One()});
  ana.Play("03-03 12:00");
  EXPECT_EQ(ana.ChangeDate("2026-03-03", /*keep_sent=*/true).sent_again_count(), 0);
  EXPECT_THAT(ana.Play("03-04 12:00"), ElementsAre("ice 03-04 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, Case52_AMessageReportedLateCountsFromItsLease) {
  ToldWorld ana = InMarch({One()});
  ana.Skip("03-03 08:00");
  const std::vector<v1::Lease> held = ana.LeaseDue();
  ASSERT_EQ(held.size(), 1u);
  ana.ChangeDate("2026-03-04");
  EXPECT_EQ(ana.StateOf("one.2026-03-03"), "CANCELLED/MOVED_BY_REANCHOR");
  EXPECT_THAT(ana.Play("03-05 07:00"), IsEmpty());
  ana.ReportSent(held[0]);
  EXPECT_EQ(ana.StateOf("one.2026-03-03"), "SENT");
  EXPECT_THAT(ana.Play("03-06 00:00"), ElementsAre("one 03-05 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, ARepeatingMessageOfTodayIsNotSentAgainWhenTheProcedureBecomesToday) {
  ToldWorld ana = Enrolled("2026-03-06", "03-06 07:00", {Daily("ice", 0, 14, {"08:00"}), One()});
  EXPECT_THAT(ana.Play("03-07 12:00"), ElementsAre("ice 03-06 08:00", "ice 03-07 08:00", "one 03-07 08:00"));
  ana.ChangeDate("2026-03-07");
  EXPECT_THAT(ana.Play("03-09 12:00"), ElementsAre("ice 03-08 08:00", "one 03-08 08:00", "ice 03-09 08:00"));
}

TEST_F(ToldOfAnotherDateOrZone, LinesAreMessagesOfTheirOwnAlsoIfTwoComeOnOneDay) {
  ToldWorld ana = InMarch({On("one", {1, 2, 3}, {"08:00"})});
  ana.Play("03-04 12:00");
  const v1::PlanDiff diff = ana.ChangeDate("2026-03-01");
  EXPECT_EQ(diff.also_today_count(), 1);
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_ALSO_TODAY), ElementsAre("one.2026-03-04~2 03-04 12:00"));
  EXPECT_THAT(ana.Play("03-06 00:00"), ElementsAre("one 03-04 12:00"));
}

TEST_F(ToldOfAnotherDateOrZone, WhatWasSentLateStandsForAnOccurrenceThatPassedSince) {
  const v1::Rule rule = OpenForDays(1, Daily("drops", 0, 8, {"06:00"}, /*interval=*/2));
  ToldWorld ana = Enrolled("2026-06-07", "06-10 10:00", {rule});
  EXPECT_THAT(ana.Play("06-10 10:00"), ElementsAre("drops 06-10 10:00"));
  ana.ChangeDate("2026-06-06");
  EXPECT_THAT(ana.Play("06-13 00:00"), ElementsAre("drops 06-12 06:00"));
}

// ---- The patient moves to another zone.

TEST_F(ToldOfAnotherDateOrZone, Case31_AnotherZoneNeitherRepeatsNorSkipsADay) {
  const auto hours_between = [this](const std::string& from, const std::string& to) {
    ToldWorld ana = InMarch({Ice()}, from);
    ana.Play("03-05 08:10");
    const absl::Time last = ana.sent().back().time;
    EXPECT_EQ(ana.ChangeZone(to).also_today_count(), 0);
    const size_t sent = ana.sent().size();
    ana.Play("03-08 12:00");
    return ana.sent().at(sent).time - last;
  };
  EXPECT_EQ(hours_between(kHonolulu, kAuckland), absl::Hours(25));
  EXPECT_EQ(hours_between(kAuckland, kHonolulu), absl::Hours(23));
}

TEST_F(ToldOfAnotherDateOrZone, Case37_TheNudgesOfAnAnsweredQuestionStayEndedInAnyZone) {
  const v1::Rule ask = With(Weekly("ask", {v1::WEEKDAY_TUESDAY}, "09:00"), "group: 'group' answer: ANSWER_KIND_DONE");
  const v1::Rule nudge = With(Weekly("nudge", {v1::WEEKDAY_WEDNESDAY}, "09:00"), "group: 'group'");
  for (const char* zone : {kChicago, kAuckland, "Asia/Kathmandu", kHonolulu}) {
    ToldWorld ana = Enrolled("2026-03-01", "03-01 10:00", {ask, nudge});
    EXPECT_THAT(ana.Play("03-03 10:00"), ElementsAre("ask 03-03 09:00"));
    ana.Complete("ask.2026-03-03");
    ana.ChangeZone(zone);
    EXPECT_THAT(ana.Play("03-08 00:00"), IsEmpty()) << zone;
    EXPECT_EQ(ana.StateOf("nudge.2026-03-04"), "CANCELLED/ANSWERED") << zone;
  }
}

TEST_F(ToldOfAnotherDateOrZone, Case42_AZoneAndALaterDateTogetherDoNotRepeatToday) {
  for (const bool at_once : {false, true}) {
    ToldWorld ana = Enrolled("2026-03-06", "03-06 07:00", {Daily("ice", 0, 14, {"08:00"})});
    ana.Play("03-07 08:30");
    if (at_once) {
      ana.ChangeFields("time_zone: 'America/Chicago' procedure_date: '2026-03-07'");
    } else {
      ana.ChangeZone(kChicago);
      ana.ChangeDate("2026-03-07");
    }
    EXPECT_THAT(ana.Play("03-08 12:00"), ElementsAre("ice 03-08 08:00")) << at_once;
  }
}

TEST_F(ToldOfAnotherDateOrZone, Case45_ADayThatWasCalledOffStaysOffInAnotherZone) {
  ToldWorld ana = InMarch({Ice()}, kHonolulu);
  ana.Play("03-03 12:00");
  ana.CallOff("ice.2026-03-06");
  EXPECT_EQ(ana.ChangeZone(kAuckland).not_called_off_count(), 0);
  EXPECT_THAT(ana.Play("03-08 00:00"), ElementsAre("ice 03-05 08:00", "ice 03-07 08:00"));
  EXPECT_EQ(ana.StateOf("ice.2026-03-06"), "CANCELLED/CANCELLED_BY_CLINIC");
}

TEST_F(ToldOfAnotherDateOrZone, Case50_ADenserEarlyPhaseDoesNotMatterLater) {
  ToldWorld ana = InMarch({With(Daily("early", 1, 4, {"08:00", "10:00", "12:00"}), "series: 'ice'"),
                           With(Daily("late", 5, 25, {"08:00"}), "series: 'ice'")});
  ana.Play("03-12 08:30");
  EXPECT_EQ(ana.sent().back().id, "late.2026-03-12");
  ana.ChangeZone(kChicago);
  EXPECT_THAT(ana.Play("03-13 07:00"), IsEmpty());
}

}  // namespace
}  // namespace aftercare::engine
