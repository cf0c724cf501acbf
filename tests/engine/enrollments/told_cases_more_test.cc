// What a patient is sent after the rules are revised, other rules apply or an appointment moves, and what the
// difference says of it. A test's name begins with its row in the table of schedule cases.
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
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::Rule Ice(const std::vector<std::string>& times = {"08:00"}) { return Daily("ice", 1, 14, times); }
v1::Rule One(int day = 1) { return On("one", {day}, {"08:00"}); }
v1::Rule OfSeries(const std::string& series, v1::Rule rule) {
  return With(std::move(rule), absl::StrCat("series: '", series, "'"));
}
v1::Rule OpenForHours(int hours, v1::Rule rule) {
  return With(std::move(rule), absl::StrCat("schedule { window { hours: ", hours, " } }"));
}
v1::Rule If(const std::string& severity, v1::Rule rule) {
  return With(std::move(rule), absl::StrCat("conditions { factor: 'severity' values: '", severity, "' }"));
}
v1::Rule NewestOnly(v1::Rule rule) { return With(std::move(rule), "supersede: true"); }
v1::Rule Before(const std::vector<int>& days) {
  return OfVisit("operation", "UNBOOKED", On("before", days, {"08:00"}));
}
// The message on the eve of the review, until 20:00.
v1::Rule Eve() {
  return OfVisit("review", "BOOKED",
                 With(On("eve", {-1}, {"10:00"}),
                      "schedule { window { until: '20:00' } } texts { key: 'en' value: 'At {visit_time}.' }"));
}

class ToldByOtherRules : public ::testing::Test {
 protected:
  // Enrols a patient with a procedure on 2 March at 10:00 of that day.
  ToldWorld InMarch(const std::vector<v1::Rule>& rules) { return Enrolled("2026-03-02", "03-02 10:00", rules); }
  ToldWorld Enrolled(const std::string& date, const std::string& enrolled, const std::vector<v1::Rule>& rules) {
    return ToldWorld(world_, absl::StrCat("c", ++clinics_),
                     {.procedure_date = date, .enrolled = enrolled, .rules = rules});
  }

  World world_{At("2026-01-01T00:00")};
  int clinics_ = 0;
};

// ---- The rules are revised.

TEST_F(ToldByOtherRules, Case21_DroppingOneOfTwoTimesSkipsNoDay) {
  ToldWorld ana = InMarch({Ice({"08:00", "20:00"})});
  ana.Play("03-07 23:00");
  EXPECT_EQ(ana.sent().back().id, "ice.2026-03-07-2000");
  ana.Revise({Ice()});
  EXPECT_THAT(ana.Play("03-10 23:00"), ElementsAre("ice 03-08 08:00", "ice 03-09 08:00", "ice 03-10 08:00"));
  EXPECT_EQ(ana.sent().back().id, "ice.2026-03-10");
}

TEST_F(ToldByOtherRules, Case22_AddingATimeOfDayBeginsTodayAndTheDifferenceSaysSo) {
  ToldWorld ana = InMarch({Ice()});
  ana.Play("03-05 09:00");
  const v1::PlanDiff diff = ana.Revise({Ice({"08:00", "20:00"})});
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_ALSO_TODAY), ElementsAre("ice.2026-03-05-2000 03-05 20:00"));
  EXPECT_EQ(diff.never_told_count(), 0) << "nobody was to be told at 20:00 of the days before";
  EXPECT_EQ(ana.StateOf("ice.2026-03-05"), "SENT") << "the name of before still resolves";
  EXPECT_THAT(ana.Play("03-06 23:00"), ElementsAre("ice 03-05 20:00", "ice 03-06 08:00", "ice 03-06 20:00"));
}

TEST_F(ToldByOtherRules, Case23_ALaterTimeBeginsTomorrowIfTodayWasSent) {
  ToldWorld ana = InMarch({Ice()});
  ana.Play("03-05 08:10");
  EXPECT_THAT(ana.Changes(ana.Revise({Ice({"08:30"})}), v1::PLAN_CHANGE_KIND_ALREADY_SENT),
              testing::Contains("ice.2026-03-05 03-05 08:30"));
  EXPECT_THAT(ana.Play("03-06 23:00"), ElementsAre("ice 03-06 08:30"));
}

TEST_F(ToldByOtherRules, Case25_OtherWeekdaysBeginWithTheNext) {
  ToldWorld ana = Enrolled("2026-03-01", "03-01 10:00",
                           {Weekly("walk", {v1::WEEKDAY_MONDAY, v1::WEEKDAY_WEDNESDAY, v1::WEEKDAY_FRIDAY}, "09:00")});
  EXPECT_THAT(ana.Play("03-04 12:00"), ElementsAre("walk 03-02 09:00", "walk 03-04 09:00"));
  ana.Revise({Weekly("walk", {v1::WEEKDAY_TUESDAY, v1::WEEKDAY_THURSDAY, v1::WEEKDAY_SATURDAY}, "09:00")});
  EXPECT_THAT(ana.Play("03-08 00:00"), ElementsAre("walk 03-05 09:00", "walk 03-07 09:00"));
}

TEST_F(ToldByOtherRules, Case26_AnEveningDoesNotStandForTheNextMorning) {
  ToldWorld ana = InMarch({Ice({"08:00", "21:00"})});
  ana.Play("03-05 22:00");
  ana.Revise({Ice()});
  EXPECT_THAT(ana.Play("03-06 23:00"), ElementsAre("ice 03-06 08:00"));
}

TEST_F(ToldByOtherRules, Case27_AMessageThatMovesToTheEveningIsNotSentTwiceInADay) {
  ToldWorld ana = InMarch({Ice()});
  ana.Play("03-05 09:00");
  EXPECT_EQ(ana.Revise({Ice({"21:00"})}).also_today_count(), 0);
  EXPECT_THAT(ana.Play("03-06 23:00"), ElementsAre("ice 03-06 21:00"));
}

TEST_F(ToldByOtherRules, Case29_ARenamedRuleOfTheSeriesIsNotSentAgain) {
  ToldWorld ana = InMarch({OfSeries("cold", Ice())});
  ana.Play("03-05 09:00");
  const v1::PlanDiff diff = ana.Revise({OfSeries("cold", Daily("cool", 1, 14, {"08:00"}))});
  EXPECT_EQ(diff.sent_again_count() + diff.also_today_count(), 0);
  EXPECT_THAT(ana.Play("03-06 23:00"), ElementsAre("cool 03-06 08:00"));
}

TEST_F(ToldByOtherRules, Case38_AnOlderMessageOfASupersedingRuleIsNotSentAfterANewerOne) {
  const std::vector<std::vector<std::string>> revised = {{"09:00", "12:00"}, {"08:00"}};
  for (const std::vector<std::string>& times : revised) {
    ToldWorld ana = Enrolled("2026-03-02", "03-02 13:00", {NewestOnly(Ice({"08:00", "12:00"}))});
    ana.Skip("03-03 12:00");
    EXPECT_THAT(ana.Play("03-03 13:00"), ElementsAre("ice 03-03 12:00"));
    ana.Revise({NewestOnly(Ice(times))});
    EXPECT_THAT(ana.Play("03-04 00:00"), IsEmpty()) << times[0];
    EXPECT_EQ(ana.StateOf("ice.2026-03-03-0800"), "EXPIRED/SUPERSEDED");
  }
}

TEST_F(ToldByOtherRules, Case40_ALineKeepsItsOffsetAndASingleLineStaysSent) {
  ToldWorld ana = Enrolled("2026-03-20", "03-01 10:00", {Before({-7, -1})});
  EXPECT_THAT(ana.Play("03-19 12:00"), ElementsAre("before 03-13 08:00", "before 03-19 08:00"));
  EXPECT_THAT(ana.Revise({Before({-1})}).changes(), IsEmpty());
  EXPECT_THAT(ana.Play("03-30 00:00"), IsEmpty());

  ToldWorld eva = InMarch({One(1)});
  EXPECT_THAT(eva.Play("03-03 12:00"), ElementsAre("one 03-03 08:00"));
  EXPECT_THAT(eva.Changes(eva.Revise({One(2)}), v1::PLAN_CHANGE_KIND_ALREADY_SENT),
              ElementsAre("one.2026-03-03 03-04 08:00"));
  EXPECT_THAT(eva.Play("03-30 00:00"), IsEmpty());
}

TEST_F(ToldByOtherRules, Case43_AMissedMorningSilencesNoEvening) {
  ToldWorld ana = InMarch({OpenForHours(2, Ice())});
  ana.Play("03-04 12:00");
  ana.Skip("03-05 12:00");
  EXPECT_EQ(ana.StateOf("ice.2026-03-05"), "EXPIRED/WINDOW_CLOSED");
  ana.Revise({OpenForHours(2, Ice({"20:00"}))});
  EXPECT_THAT(ana.Play("03-05 23:00"), ElementsAre("ice 03-05 20:00"));
  EXPECT_EQ(ana.sent().back().id, "ice.2026-03-05~2");
}

TEST_F(ToldByOtherRules, Case49_TheMorningPartDoesNotStandForTheEveningPart) {
  ToldWorld ana = Enrolled("2026-03-02", "03-02 21:00",
                           {OfSeries("ice", Daily("am", 1, 14, {"08:00"})),
                            OfSeries("ice", Daily("pm", 1, 14, {"20:00"}))});
  ana.Play("03-05 08:30");
  EXPECT_EQ(ana.sent().back().id, "am.2026-03-05");
  ana.Revise({OfSeries("ice", Daily("pm", 1, 14, {"21:00"}))});
  EXPECT_THAT(ana.Play("03-06 12:00"), ElementsAre("pm 03-05 21:00"));
}

TEST_F(ToldByOtherRules, Case53_AnotherWeekdayIsTheSameWeekOnlyWithinHalfAWeek) {
  for (const auto& [weekday, next] :
       {std::pair(v1::WEEKDAY_WEDNESDAY, "weigh 03-11 09:00"), std::pair(v1::WEEKDAY_THURSDAY, "weigh 03-12 09:00"),
        std::pair(v1::WEEKDAY_FRIDAY, "weigh 03-06 09:00")}) {
    ToldWorld ana = Enrolled("2026-03-01", "03-01 10:00", {Weekly("weigh", {v1::WEEKDAY_MONDAY}, "09:00", 60)});
    EXPECT_THAT(ana.Play("03-02 12:00"), ElementsAre("weigh 03-02 09:00"));
    ana.Revise({Weekly("weigh", {weekday}, "09:00", 60)});
    EXPECT_EQ(ana.Play("03-13 00:00").at(0), next);
  }
}

TEST_F(ToldByOtherRules, AnEveningOfASplitRuleStandsForTheEveningPart) {
  ToldWorld ana = InMarch({OpenForHours(2, Ice({"08:00", "20:00"}))});
  ana.Skip("03-05 12:00");
  EXPECT_THAT(ana.Play("03-05 20:30"), ElementsAre("ice 03-05 20:00"));
  ana.Revise({OfSeries("ice", Daily("am", 1, 14, {"09:00"})), OfSeries("ice", Daily("pm", 1, 14, {"21:00"}))});
  EXPECT_THAT(ana.Play("03-06 12:00"), ElementsAre("am 03-06 09:00"));
}

TEST_F(ToldByOtherRules, PartsOfADayThatBothMoveDoNotRepeatTheEvening) {
  const auto part = [](const std::string& id, const std::string& time) {
    return OpenForHours(2, OfSeries("ice", Daily(id, 1, 14, {time})));
  };
  ToldWorld ana = Enrolled("2026-03-02", "03-02 21:00", {part("am", "08:00"), part("pm", "20:00")});
  ana.Skip("03-05 12:00");
  EXPECT_THAT(ana.Play("03-05 20:30"), ElementsAre("pm 03-05 20:00"));
  ana.Revise({part("am", "09:00"), part("pm", "21:00")});
  EXPECT_THAT(ana.Play("03-06 12:00"), ElementsAre("am 03-06 09:00"));
}

// ---- Other rules apply to the patient.

TEST_F(ToldByOtherRules, Case30_AVariantForAnotherSeverityDoesNotAskAgain) {
  ToldWorld ana = Enrolled(
      "2026-03-01", "03-01 10:00",
      {If("mild", OfSeries("check-in", Weekly("weekly", {v1::WEEKDAY_TUESDAY}, "17:00"))),
       If("severe", OfSeries("check-in", Weekly("twice-weekly", {v1::WEEKDAY_TUESDAY, v1::WEEKDAY_FRIDAY}, "17:00")))});
  EXPECT_THAT(ana.Play("03-03 17:05"), ElementsAre("weekly 03-03 17:00"));
  ana.Complete("weekly.2026-03-03");
  EXPECT_EQ(ana.ChangeSeverity("severe").also_today_count(), 0);
  EXPECT_THAT(ana.Play("03-11 00:00"), ElementsAre("twice-weekly 03-06 17:00", "twice-weekly 03-10 17:00"));
}

TEST_F(ToldByOtherRules, Case36_AFactorResurrectsNothing) {
  const std::string five_days = "schedule { window { days: 5 } }";
  ToldWorld ana = InMarch({Ice(), With(On("failed", {2}, {"08:00"}), five_days),
                           NewestOnly(With(Daily("expired", 2, 2, {"08:00", "10:00"}), five_days)),
                           If("severe", Daily("severe", 1, 14, {"10:00"}))});
  ana.Skip("03-04 08:00");
  ana.FailDue("failed");
  EXPECT_THAT(ana.Play("03-04 09:00", /*except=*/"expired"), ElementsAre("ice 03-04 08:00"));
  ana.Skip("03-04 10:00");
  EXPECT_THAT(ana.Play("03-04 12:00"), ElementsAre("expired 03-04 10:00"));
  ana.ChangeSeverity("severe");
  EXPECT_EQ(ana.StateOf("failed.2026-03-04"), "FAILED/REJECTED_BY_CHANNEL");
  EXPECT_EQ(ana.StateOf("expired.2026-03-04-0800"), "EXPIRED/SUPERSEDED");
  EXPECT_THAT(ana.Play("03-05 00:00"), ElementsAre("severe 03-04 12:00"));
  EXPECT_EQ(ana.StateOf("failed.2026-03-04"), "FAILED/REJECTED_BY_CHANNEL");
  EXPECT_EQ(ana.StateOf("expired.2026-03-04-0800"), "EXPIRED/SUPERSEDED");
}

// ---- An appointment moves.

TEST_F(ToldByOtherRules, Case24_EachAgreedStartIsTold) {
  ToldWorld ana = Enrolled("2026-06-01", "08-20 10:00", {Eve()});
  EXPECT_EQ(ana.Book("09-03 14:30").sent_again_count(), 0);
  EXPECT_THAT(ana.Play("09-02 12:00"), ElementsAre("eve 09-02 10:00"));
  EXPECT_EQ(ana.Book("09-10 09:00").sent_again_count(), 1);
  EXPECT_THAT(ana.Play("09-09 12:00"), ElementsAre("eve 09-09 10:00"));
  EXPECT_EQ(ana.sent().back().id, "eve.2026-09-09");
  EXPECT_THAT(ana.sent().back().text, HasSubstr("9:00"));
  const v1::PlanDiff diff = ana.Book("09-10 15:00");
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_SENT_AGAIN), ElementsAre("eve.2026-09-09~2 09-09 12:00"));
  EXPECT_EQ(IdOf(diff.changes(0).old_name()), "eve.2026-09-09") << "what the patient was told last";
  EXPECT_THAT(ana.Play("09-11 00:00"), ElementsAre("eve 09-09 12:00"));
  EXPECT_EQ(ana.sent().back().id, "eve.2026-09-09~2");
  EXPECT_THAT(ana.sent().back().text, HasSubstr("3:00"));
  EXPECT_EQ(ana.StateOf("eve.2026-09-09"), "SENT");
}

TEST_F(ToldByOtherRules, Case34_AStartThatIsAgreedAgainIsToldAgain) {
  ToldWorld ana = Enrolled("2026-06-01", "09-01 10:00", {Eve()});
  ana.Book("09-10 09:00");
  ana.Play("09-09 11:00");
  EXPECT_EQ(ana.Book("09-10 15:00").sent_again_count(), 1);
  EXPECT_THAT(ana.Play("09-09 12:00"), ElementsAre("eve 09-09 11:00"));
  EXPECT_EQ(ana.Book("09-10 09:00").sent_again_count(), 1);
  EXPECT_THAT(ana.Play("09-11 00:00"), ElementsAre("eve 09-09 12:00"));
  EXPECT_EQ(ana.sent().back().id, "eve.2026-09-09~3");
  EXPECT_THAT(ana.sent().back().text, HasSubstr("9:00"));
}

TEST_F(ToldByOtherRules, Case39_ALateReportCountsForTheStartThatWasLeased) {
  ToldWorld ana = Enrolled("2026-06-01", "09-01 10:00", {Eve()});
  ana.Book("09-10 09:00");
  ana.Skip("09-09 10:00");
  const std::vector<v1::Lease> held = ana.LeaseDue();
  ASSERT_EQ(held.size(), 1u);
  ana.Skip("09-09 10:01");
  ana.Book("09-10 15:00");
  EXPECT_EQ(ana.StateOf("eve.2026-09-09"), "CANCELLED/VISIT_CHANGED");
  ana.ReportSent(held[0]);
  EXPECT_EQ(ana.StateOf("eve.2026-09-09"), "SENT");
  EXPECT_THAT(ana.Play("09-11 00:00"), ElementsAre("eve 09-09 10:01"));
  EXPECT_EQ(ana.sent().back().id, "eve.2026-09-09~2");
  EXPECT_THAT(ana.sent().back().text, HasSubstr("3:00"));
}

TEST_F(ToldByOtherRules, Case48_WhatWasCalledOffForOneStartComesForAnother) {
  ToldWorld ana = Enrolled("2026-06-01", "09-01 10:00", {Eve()});
  ana.Book("09-10 09:00");
  ana.CallOff("eve.2026-09-09");
  EXPECT_EQ(ana.Book("09-11 15:00").not_called_off_count(), 1);
  EXPECT_THAT(ana.Play("09-12 00:00"), ElementsAre("eve 09-10 10:00"));
}

}  // namespace
}  // namespace aftercare::engine
