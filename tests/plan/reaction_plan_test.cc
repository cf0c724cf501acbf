// What an answer sets off, as the plan has it: when it is due, under which name, and why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/explain.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/reminder_name.h"
#include "scheduler/plan/tellings.h"
#include "scheduler/plan/timestamps.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Makes plans of the question `pain`, which has no occurrences in the year of the tests, and one reaction `r` to it.
class ReactionPlanTest : public testing::Test {
 protected:
  ReactionPlanTest() { Use("", ""); }

  // Compiles the pathway. `schedule` and `rest` are those of the reaction, in text format.
  void Use(const std::string& schedule, const std::string& rest) {
    auto pathway = FromText<v1::Pathway>(R"pb(
      display_name: "Answers" default_locale: "en"
      factors { id: "severity" values: "mild" values: "severe" default_value: "mild" }
      phases { id: "p" display_name: "Phase" span { days { first: 3000 last: 3001 } } }
      rules { id: "pain" phase: "p" category: "c" answer: ANSWER_KIND_SCORE
              schedule { times: "09:00" } texts { key: "en" value: "How bad?" } }
      rules { id: "r" phase: "p" category: "c" reaction { rules: "pain" score_at_least: 7 }
              texts { key: "en" value: "Text" } }
    )pb");
    *pathway.mutable_rules(1)->mutable_schedule() = FromText<v1::Schedule>(schedule);
    pathway.mutable_rules(1)->MergeFrom(FromText<v1::Rule>(rest));
    pathway_ = CompileGood(pathway);
  }

  void Answered(const std::string& time, bool withdrawn = false) { Record("r", Instant(time), withdrawn); }
  void Record(const std::string& rule, absl::Time time, bool withdrawn = false) {
    record::v1::ReactionRecord& record = *history_.add_reactions();
    record.set_rule(rule);
    record.set_time_micros(absl::ToUnixMicros(time));
    record.set_withdrawn(withdrawn);
  }

  PatientFacts Facts() const {
    v1::Enrollment enrollment;
    enrollment.set_procedure_date("2026-03-02");
    enrollment.set_time_zone(zone_);
    Setting setting;
    FieldErrors errors;
    auto clinic = FromText<v1::Clinic>(clinic_);
    if (clinic.time_zone().empty()) clinic.set_time_zone(zone_);
    setting.calendar = std::make_shared<const ClinicCalendar>(ReadCalendar(clinic, &errors));
    EXPECT_THAT(errors, IsEmpty());
    return TrustedFactsOf(enrollment, *pathway_, setting, history_);
  }

  // Returns the occurrences of the reaction, each as `name due .. until ..`.
  std::vector<std::string> Planned() const {
    std::vector<std::string> lines;
    for (const Occurrence& o : WholePlan(*pathway_, Facts())) {
      if (o.rule != 1) continue;
      lines.push_back(absl::StrCat(FormatNameCode(NameCodeOf(*pathway_, o)), " due ",
                                   absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", o.due, absl::UTCTimeZone()), " until ",
                                   InUtc(o.expire), o.missed != 0 ? " missed" : "",
                                   o.outside_contact_hours ? " outside" : ""));
    }
    return lines;
  }

  // Returns the steps of the first occurrence.
  std::string Steps() const {
    const PatientFacts facts = Facts();
    const Plan plan(*pathway_, facts);
    Occurrence occurrence;
    EXPECT_TRUE(plan.Find(1, 1, &occurrence));
    v1::Reminder reminder;
    Describe(*pathway_, facts, occurrence, occurrence.due, &reminder);
    reminder.set_reason(occurrence.missed);
    AddSteps(*pathway_, facts, {}, plan, 1, NameCodeOf(*pathway_, occurrence), false, &reminder);
    std::string lines;
    for (const v1::TimeStep& step : reminder.steps()) {
      absl::StrAppend(&lines, v1::TimeStepKind_Name(step.kind()).substr(15), ": ", step.description(), "\n");
    }
    return lines;
  }

  std::shared_ptr<const CompiledPathway> pathway_;
  record::v1::PlanHistory history_;
  std::string zone_ = "UTC";
  std::string clinic_;
};

TEST_F(ReactionPlanTest, WithoutAnAnswerThereIsNothing) {
  EXPECT_THAT(Planned(), IsEmpty());
  EXPECT_FALSE(Facts().rules[1]);
  Occurrence occurrence;
  EXPECT_FALSE(Plan(*pathway_, Facts()).Find(1, 1, &occurrence));
}

TEST_F(ReactionPlanTest, WithoutTimesItIsDueAtTheAnswer) {
  Answered("2026-03-05T13:47Z");
  history_.mutable_reactions(0)->set_time_micros(history_.reactions(0).time_micros() + 20'500'000);
  EXPECT_THAT(Planned(), ElementsAre("2026-03-05-1347 due 2026-03-05T13:47:20.5Z until 2026-03-06T00:00Z"));
  EXPECT_EQ(Steps(), "NOMINAL: Rule r of phase p says 13:47 on Thu 5 Mar 2026, the date of the answer, by the "
                     "patient's clock (UTC).\n"
                     "ANSWER: The answer came Thu 5 Mar 2026 13:47:20, after that time but inside its window: due at "
                     "once.\n");
}

TEST_F(ReactionPlanTest, DaysLaterItIsDueAtTheMinuteOfTheAnswer) {
  Use("on { days: 2 } window { hours: 5 }", "");
  Answered("2026-03-05T13:47Z");
  EXPECT_THAT(Planned(), ElementsAre("2026-03-07-1347 due 2026-03-07T13:47:00Z until 2026-03-07T18:47Z"));
  EXPECT_EQ(Steps(), "NOMINAL: Rule r of phase p says 13:47 on Sat 7 Mar 2026, 2 days after the answer, by the "
                     "patient's clock (UTC).\n");
}

TEST_F(ReactionPlanTest, ATimeOfDayThatHadPassedIsDueAtOnceWithinItsWindow) {
  Use("times: '09:00' times: '15:00' times: '18:00' window { hours: 2 }", "");
  Answered("2026-03-05T16:00Z");
  EXPECT_THAT(Planned(), ElementsAre("2026-03-05-0900 due 2026-03-05T09:00:00Z until 2026-03-05T11:00Z missed",
                                     "2026-03-05-1500 due 2026-03-05T16:00:00Z until 2026-03-05T17:00Z",
                                     "2026-03-05-1800 due 2026-03-05T18:00:00Z until 2026-03-05T20:00Z"));
  EXPECT_THAT(Steps(), HasSubstr("ANSWER: The answer came Thu 5 Mar 2026 16:00, when its window had closed"));
}

TEST_F(ReactionPlanTest, AMissingAnswerIsSaidToBeOne) {
  Use("", "reaction { no_answer: true }");
  Answered("2026-03-05T12:00Z");
  EXPECT_THAT(Steps(), HasSubstr("the date of the missing answer"));
  Use("times: '08:00'", "reaction { no_answer: true }");
  EXPECT_THAT(Steps(), HasSubstr("ANSWER: The time to answer ended Thu 5 Mar 2026 12:00, after that time"));
}

TEST_F(ReactionPlanTest, AnswersOfOneMinuteSetOffTheSame) {
  Answered("2026-03-05T13:48Z");
  Answered("2026-03-05T13:47Z");
  history_.mutable_reactions(1)->set_time_micros(history_.reactions(1).time_micros() + 59'999'999);
  Answered("2026-03-05T13:47Z");
  EXPECT_THAT(Planned(), ElementsAre("2026-03-05-1347 due 2026-03-05T13:47:00Z until 2026-03-06T00:00Z",
                                     "2026-03-05-1348 due 2026-03-05T13:48:00Z until 2026-03-06T00:00Z"));
}

TEST_F(ReactionPlanTest, AnswersOfOneDaySetOffTheSameAtTimesOfDay) {
  Use("on { days: 1 } times: '09:00'", "");
  zone_ = "America/New_York";
  Answered("2026-03-06T04:59Z");  // The evening before by the patient's clock.
  Answered("2026-03-05T13:00Z");
  Answered("2026-03-06T05:00Z");
  EXPECT_THAT(Planned(), ElementsAre("2026-03-06 due 2026-03-06T14:00:00Z until 2026-03-07T05:00Z",
                                     "2026-03-07 due 2026-03-07T14:00:00Z until 2026-03-08T05:00Z"));
}

TEST_F(ReactionPlanTest, WhatWasWithdrawnOrIsOfNoReactionHasNoEffect) {
  Answered("2026-03-05T13:47Z", /*withdrawn=*/true);
  Record("pain", Instant("2026-03-05T13:47Z"));
  Record("gone", Instant("2026-03-05T13:47Z"));
  EXPECT_THAT(Planned(), IsEmpty());
  Answered("2026-03-05T13:50Z");
  EXPECT_THAT(Planned(), ElementsAre("2026-03-05-1350 due 2026-03-05T13:50:00Z until 2026-03-06T00:00Z"));
}

TEST_F(ReactionPlanTest, IfTheFirstAnswerOfADayIsWithdrawnTheNextCounts) {
  Use("times: '09:00'", "");
  Answered("2026-03-05T10:00Z", /*withdrawn=*/true);
  Answered("2026-03-05T11:00Z");
  EXPECT_THAT(Planned(), ElementsAre("2026-03-05 due 2026-03-05T11:00:00Z until 2026-03-06T00:00Z"));
}

TEST_F(ReactionPlanTest, OfVeryManyAnswersTheLastHundredCount) {
  for (int i = 0; i < 130; ++i) Record("r", Instant("2026-03-05T00:00Z") + absl::Minutes(i));
  const std::vector<std::string> planned = Planned();
  ASSERT_EQ(planned.size(), static_cast<size_t>(kMaxTriggers));
  EXPECT_THAT(planned.front(), HasSubstr("2026-03-05-0030 "));
  EXPECT_THAT(planned.back(), HasSubstr("2026-03-05-0209 "));
}

TEST_F(ReactionPlanTest, ItAppliesOnlyToPatientsForWhomItsConditionsHold) {
  Use("", "conditions { factor: 'severity' values: 'severe' }");
  Answered("2026-03-05T13:47Z");
  EXPECT_THAT(Planned(), IsEmpty());
}

TEST_F(ReactionPlanTest, WhereClocksRepeatAMinuteTheAnswersOfBothSetOffTheSame) {
  zone_ = "America/New_York";  // Clocks go back from 02:00 to 01:00 on 1 November 2026, at 06:00 UTC.
  Answered("2026-11-01T05:30Z");
  Answered("2026-11-01T05:45Z");
  Answered("2026-11-01T06:30Z");
  EXPECT_THAT(Planned(), ElementsAre("2026-11-01-0130 due 2026-11-01T05:30:00Z until 2026-11-02T05:00Z",
                                     "2026-11-01-0145 due 2026-11-01T05:45:00Z until 2026-11-02T05:00Z"));
}

TEST_F(ReactionPlanTest, AnAnswerInARepeatedHourIsDueThenAndNotAnHourEarlier) {
  zone_ = "America/New_York";
  Use("window { hours: 1 }", "");
  Answered("2026-11-01T06:30Z");
  history_.mutable_reactions(0)->set_time_micros(history_.reactions(0).time_micros() + 20'000'000);
  EXPECT_THAT(Planned(), ElementsAre("2026-11-01-0130 due 2026-11-01T06:30:20Z until 2026-11-01T07:30Z"));
  EXPECT_THAT(Steps(), Not(HasSubstr("Clocks skip")));
}

TEST_F(ReactionPlanTest, WhereClocksSkipTheMinuteOfALaterDayItIsReadAsTheOneAfter) {
  zone_ = "America/New_York";  // Clocks go forward from 02:00 to 03:00 on 8 March 2026.
  Use("on { days: 3 }", "");
  Answered("2026-03-05T07:30Z");
  EXPECT_THAT(Planned(), ElementsAre("2026-03-08-0230 due 2026-03-08T07:30:00Z until 2026-03-09T04:00Z"));
  EXPECT_THAT(Steps(), HasSubstr("Clocks skip that time; it is read as Sun 8 Mar 2026 03:30."));
}

TEST_F(ReactionPlanTest, TheMinuteIsThatOfThePatientsClock) {
  zone_ = "Asia/Kathmandu";  // 5 hours 45 minutes ahead.
  Answered("2026-03-05T18:20Z");
  EXPECT_THAT(Planned(), ElementsAre("2026-03-06-0005 due 2026-03-05T18:20:00Z until 2026-03-06T18:15Z"));
}

TEST_F(ReactionPlanTest, OnAClosedDayARoutineTaskWaitsAndAnUrgentOneDoesNot) {
  clinic_ = "closed_weekdays: [WEEKDAY_SATURDAY, WEEKDAY_SUNDAY]";
  for (const char* urgency : {"URGENCY_UNSPECIFIED", "URGENCY_ROUTINE"}) {
    Use("", absl::StrCat("audience: AUDIENCE_CARE_TEAM urgency: ", urgency));
    history_.Clear();
    Answered("2026-03-07T13:47Z");
    EXPECT_THAT(Planned(), ElementsAre("2026-03-07-1347 due 2026-03-09T13:47:00Z until 2026-03-10T00:00Z")) << urgency;
    EXPECT_THAT(Steps(), HasSubstr("CLOSED_DAY"));
  }
  for (const char* urgency : {"URGENCY_URGENT", "URGENCY_EMERGENCY"}) {
    Use("", absl::StrCat("audience: AUDIENCE_CARE_TEAM urgency: ", urgency, " spread { seconds: 600 }"));
    history_.Clear();
    Answered("2026-03-07T13:47Z");
    ASSERT_EQ(Planned().size(), 1u);
    EXPECT_THAT(Planned()[0], HasSubstr("2026-03-07-1347 due 2026-03-07T13:")) << urgency;
    EXPECT_THAT(Steps(), Not(HasSubstr("CLOSED_DAY")));
  }
}

TEST_F(ReactionPlanTest, AMessageWaitsForContactHoursInsideItsWindow) {
  clinic_ = "contact_hours { openings { opens: '09:00' closes: '18:00' } }";
  Use("window { days: 1 }", "");
  Answered("2026-03-05T22:10Z");
  EXPECT_THAT(Planned(), ElementsAre("2026-03-05-2210 due 2026-03-06T09:00:00Z until 2026-03-07T00:00Z"));
  Use("", "");
  EXPECT_THAT(Planned(), ElementsAre("2026-03-05-2210 due 2026-03-05T22:10:00Z until 2026-03-06T00:00Z outside"));
}

TEST_F(ReactionPlanTest, EachAnswerIsAnEventThatIsToldOfItsOwn) {
  Use("on { days: 1 } times: '09:00'", "");
  Answered("2026-03-05T13:47Z");
  Answered("2026-03-06T08:00Z");
  const PlanTellings tellings(*pathway_, Facts());
  std::vector<std::string> starts;
  for (const Telling& telling : tellings.tellings()) {
    if (telling.rule == "r") starts.push_back(InUtc(*telling.start));
  }
  EXPECT_THAT(starts, ElementsAre("2026-03-05T13:47Z", "2026-03-06T08:00Z"));
}

TEST_F(ReactionPlanTest, AChangeOfTheZoneKeepsTheInstantAndNamesAnotherMinute) {
  Answered("2026-03-05T13:47Z");
  zone_ = "Europe/Madrid";
  EXPECT_THAT(Planned(), ElementsAre("2026-03-05-1447 due 2026-03-05T13:47:00Z until 2026-03-05T23:00Z"));
}

}  // namespace
}  // namespace aftercare::plan
