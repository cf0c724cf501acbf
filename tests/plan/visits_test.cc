// Visits as the plan sees them: their dates, what counts from them and when, and what it says of them.

#include "scheduler/plan/visits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/explain.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Procedure on 1 June 2026: the visit should be on 1 December, a Tuesday.
const CompiledPathway& Pathway() {
  static const auto* const pathway = new std::shared_ptr<const CompiledPathway>(CompileGood(FromText<v1::Pathway>(R"(
      display_name: "Knee" default_locale: "en"
      phases { id: "late" display_name: "Late" span { months { first: 6 last: 12 } } }
      visits { id: "month-6" display_name: "6-month visit" target { months: 6 } days_before: 7 days_after: 21 }
      rules { id: "book" phase: "late" category: "visit" visit { visit: "month-6" state: VISIT_STATE_UNBOOKED }
              schedule { on { days: -28 } on { days: -14 } times: "10:00" window { days: 3 } }
              texts { key: "en" value: "Book your {visit}, around {visit_date}{visit_time}." } }
      rules { id: "remind" phase: "late" category: "visit" visit { visit: "month-6" state: VISIT_STATE_BOOKED }
              schedule { on { days: -7 } on { days: -1 } on {} times: "08:00" window { days: 2 } }
              texts { key: "en" value: "Your {visit} is on {visit_date} at {visit_time}." } }
      rules { id: "prepare" phase: "late" category: "visit" audience: AUDIENCE_CARE_TEAM
              visit { visit: "month-6" state: VISIT_STATE_BOOKED }
              schedule { on { days: -2 } times: "09:00" window { days: 1 } }
              texts { key: "en" value: "Prepare." } }
      rules { id: "missed" phase: "late" category: "visit" visit { visit: "month-6" state: VISIT_STATE_MISSED }
              schedule { on {} times: "08:00" window { days: 6 } }
              texts { key: "en" value: "You missed {visit} on {visit_date} at {visit_time}." } })")));
  return **pathway;
}

// What became of the visit; instants as `2026-12-01T15:00Z`.
record::v1::PlanHistory History(v1::VisitState state, int appointment, const std::string& start,
                                const std::string& since) {
  record::v1::PlanHistory history;
  record::v1::VisitRecord* record = history.add_visits();
  record->set_visit("month-6");
  record->set_state(state);
  record->set_appointment(appointment);
  record->set_start_micros(absl::ToUnixMicros(Instant(start)));
  record->set_since_micros(absl::ToUnixMicros(Instant(since)));
  return history;
}

v1::Enrollment Patient() {
  return FromText<v1::Enrollment>(R"(procedure_date: "2026-06-01" time_zone: "America/New_York" locale: "en")");
}

PatientFacts ReadTransaction(const record::v1::PlanHistory& history, const std::string& clinic = "") {
  auto source = FromText<v1::Clinic>(clinic);
  source.set_time_zone("America/New_York");
  FieldErrors errors;
  Setting setting{std::make_shared<const ClinicCalendar>(ReadCalendar(source, &errors)), 0};
  EXPECT_THAT(LinesOf(errors), IsEmpty());
  return TrustedFactsOf(Patient(), Pathway(), setting, history);
}

// `rule.number due until expire`, with the reason of what has missed.
std::vector<std::string> Planned(const PatientFacts& facts) {
  std::vector<std::string> lines;
  for (const Occurrence& occurrence : WholePlan(Pathway(), facts)) {
    lines.push_back(absl::StrCat(Pathway().rule_source(occurrence.rule).id(), ".", occurrence.number, " ",
                                 InUtc(occurrence.due), " until ", InUtc(occurrence.expire)));
    if (occurrence.missed != 0) {
      absl::StrAppend(&lines.back(), " ", v1::ReminderReason_Name(occurrence.missed).substr(16));
    }
  }
  return lines;
}

const PatientFacts& Booked() {
  static const auto* const facts =
      new PatientFacts(ReadTransaction(History(v1::VISIT_STATE_BOOKED, 1, "2026-12-03T19:30Z", "2026-10-01T12:00Z")));
  return *facts;
}

TEST(VisitsTest, AVisitNobodyBookedHasTheTargetAndTheWindowOfThePathway) {
  const PatientFacts facts = ReadTransaction({});
  ASSERT_EQ(facts.visits.size(), 1u);
  EXPECT_EQ(facts.visits[0].state, v1::VISIT_STATE_UNBOOKED);
  EXPECT_EQ(facts.visits[0].appointment, 0);
  EXPECT_EQ(FormatDate(facts.visits[0].target), "2026-12-01");
  EXPECT_EQ(FormatDate(facts.visits[0].window.first), "2026-11-24");
  EXPECT_EQ(FormatDate(facts.visits[0].window.last), "2026-12-22");
}

TEST(VisitsTest, ATargetOnAClosedDayMovesToTheNextOpenOneWithItsWindow) {
  const PatientFacts facts = ReadTransaction(
      {}, "closed_weekdays: WEEKDAY_TUESDAY holidays { date: '2026-12-02' } holidays { date: '2026-12-03' }");
  EXPECT_EQ(FormatDate(facts.visits[0].target), "2026-12-04");
  EXPECT_EQ(FormatDate(facts.visits[0].window.first), "2026-11-27");
  EXPECT_EQ(FormatDate(facts.visits[0].window.last), "2026-12-25");
  EXPECT_THAT(Planned(facts), ElementsAre("book.1 2026-11-06T15:00Z until 2026-11-10T05:00Z",
                                          "book.2 2026-11-20T15:00Z until 2026-11-24T05:00Z"));
}

TEST(VisitsTest, WhileNobodyBookedItOnlyTheRulesForThatApply) {
  EXPECT_THAT(Planned(ReadTransaction({})), ElementsAre("book.1 2026-11-03T15:00Z until 2026-11-07T05:00Z",
                                                        "book.2 2026-11-17T15:00Z until 2026-11-21T05:00Z"));
}

TEST(VisitsTest, WhatIsBookedCountsFromTheDateOfTheAppointmentAndClosesWhenItBegins) {
  EXPECT_THAT(Planned(Booked()), ElementsAre("remind.1 2026-11-26T13:00Z until 2026-11-29T05:00Z",
                                             "prepare.1 2026-12-01T14:00Z until 2026-12-03T05:00Z",
                                             "remind.2 2026-12-02T13:00Z until 2026-12-03T19:30Z",
                                             "remind.3 2026-12-03T13:00Z until 2026-12-03T19:30Z"));
}

// 03:00Z is the evening before in New York.
TEST(VisitsTest, TheDateIsThatOfThePatientsCalendar) {
  EXPECT_EQ(FormatDate(ReadTransaction(History(v1::VISIT_STATE_BOOKED, 1, "2026-12-03T03:00Z", "2026-10-01T12:00Z"))
                           .visits[0]
                           .anchor),
            "2026-12-02");
}

TEST(VisitsTest, WhatIsBookedLateRemindsAtOnceWhereTheWindowIsOpen) {
  EXPECT_THAT(Planned(ReadTransaction(History(v1::VISIT_STATE_BOOKED, 1, "2026-12-03T19:30Z", "2026-12-02T20:15Z"))),
              ElementsAre("remind.1 2026-11-26T13:00Z until 2026-11-29T05:00Z VISIT_CHANGED",
                          "remind.2 2026-12-02T20:15Z until 2026-12-03T19:30Z",
                          "prepare.1 2026-12-02T20:15Z until 2026-12-03T05:00Z",
                          "remind.3 2026-12-03T13:00Z until 2026-12-03T19:30Z"));
}

TEST(VisitsTest, NothingOfAnAppointmentIsDueWhenItHasBegun) {
  // At 07:30 by the patient's clock: the reminder of 08:00 that day has no place.
  const PatientFacts facts =
      ReadTransaction(History(v1::VISIT_STATE_BOOKED, 1, "2026-12-03T12:30Z", "2026-10-01T12:00Z"));
  const std::vector<std::string> planned = Planned(facts);
  EXPECT_EQ(planned.back(), "remind.3 2026-12-03T13:00Z until 2026-12-06T05:00Z WINDOW_CLOSED");
  Occurrence last;
  ASSERT_TRUE(Plan(Pathway(), facts).Find(1, 3, &last));
  v1::Reminder reminder;
  Describe(Pathway(), facts, last, Instant("2026-11-01T00:00Z"), &reminder);
  EXPECT_EQ(reminder.state(), v1::REMINDER_STATE_EXPIRED);
  EXPECT_EQ(reminder.reason(), v1::REMINDER_REASON_WINDOW_CLOSED);
  EXPECT_EQ(ToTime(reminder.state_time()), Instant("2026-10-01T12:00Z"));  // When it was booked for that time.
}

TEST(VisitsTest, ATaskThatClosedDaysPutPastTheAppointmentHasLapsed) {
  const char* const closed = "holidays { date: '2026-12-01' } holidays { date: '2026-12-02' }";
  const auto history = History(v1::VISIT_STATE_BOOKED, 1, "2026-12-03T13:30Z", "2026-10-01T12:00Z");
  EXPECT_THAT(Planned(ReadTransaction(history, closed)),
              testing::Contains("prepare.1 2026-12-03T14:00Z until 2026-12-05T05:00Z WINDOW_CLOSED"));
  const auto later = History(v1::VISIT_STATE_BOOKED, 1, "2026-12-03T19:30Z", "2026-10-01T12:00Z");
  EXPECT_THAT(Planned(ReadTransaction(later, closed)),
              testing::Contains("prepare.1 2026-12-03T14:00Z until 2026-12-03T19:30Z"));
}

// The second is on a closed day past the appointment, to which the first is put only by closed days.
TEST(VisitsTest, TasksPastAnAppointmentStayInOrderOverClosedDays) {
  v1::Pathway source = Pathway().source();
  source.mutable_rules(2)->mutable_schedule()->add_on();
  const auto pathway = CompileGood(source);
  const PatientFacts facts =
      ReadTransaction(History(v1::VISIT_STATE_BOOKED, 1, "2026-12-03T13:30Z", "2026-10-01T12:00Z"),
                      "holidays { date: '2026-12-01' } holidays { date: '2026-12-02' }"
                      " holidays { date: '2026-12-03' }");
  Plan plan(*pathway, facts);
  Occurrence first, second;
  ASSERT_TRUE(plan.Find(2, 1, &first));
  ASSERT_TRUE(plan.Find(2, 2, &second));
  EXPECT_EQ(first.due, Instant("2026-12-04T14:00Z"));
  EXPECT_EQ(second.due, Instant("2026-12-04T14:00Z"));
  EXPECT_EQ(second.missed, v1::REMINDER_REASON_WINDOW_CLOSED);
}

TEST(VisitsTest, EachAppointmentHasNumbersOfItsOwn) {
  const PatientFacts facts =
      ReadTransaction(History(v1::VISIT_STATE_BOOKED, 3, "2026-12-03T19:30Z", "2026-10-01T12:00Z"));
  EXPECT_THAT(Planned(facts), ElementsAre("remind.7 2026-11-26T13:00Z until 2026-11-29T05:00Z",
                                          "prepare.3 2026-12-01T14:00Z until 2026-12-03T05:00Z",
                                          "remind.8 2026-12-02T13:00Z until 2026-12-03T19:30Z",
                                          "remind.9 2026-12-03T13:00Z until 2026-12-03T19:30Z"));
  Occurrence occurrence;
  const Plan plan(Pathway(), facts);
  EXPECT_TRUE(plan.Find(1, 7, &occurrence));
  EXPECT_FALSE(plan.Find(1, 6, &occurrence));
  EXPECT_FALSE(plan.Find(1, 10, &occurrence));
}

TEST(VisitsTest, WhatWasMissedIsDueWhenThatIsRecorded) {
  EXPECT_THAT(Planned(ReadTransaction(History(v1::VISIT_STATE_MISSED, 2, "2026-12-03T19:30Z", "2026-12-03T21:00Z"))),
              ElementsAre("missed.2 2026-12-03T21:00Z until 2026-12-10T05:00Z"));
  EXPECT_THAT(Planned(ReadTransaction(History(v1::VISIT_STATE_MISSED, 1, "2026-12-03T19:30Z", "2026-12-10T05:00Z"))),
              ElementsAre("missed.1 2026-12-03T13:00Z until 2026-12-10T05:00Z VISIT_CHANGED"));
  EXPECT_THAT(Planned(ReadTransaction(History(v1::VISIT_STATE_ATTENDED, 1, "2026-12-03T19:30Z", "2026-12-03T21:00Z"))),
              IsEmpty());
}

TEST(VisitsTest, WhatHeldThePlanUpBeforeTheVisitChangedDoesNotCount) {
  record::v1::PlanHistory history = History(v1::VISIT_STATE_MISSED, 1, "2026-12-03T19:30Z", "2026-12-05T12:00Z");
  const auto pause = [&history](const std::string& from, const std::string& to) {
    record::v1::Pause* pause = history.add_pauses();
    pause->set_begin_micros(absl::ToUnixMicros(Instant(from)));
    pause->set_end_micros(absl::ToUnixMicros(Instant(to)));
  };
  pause("2026-12-01T00:00Z", "2026-12-05T11:00Z");
  EXPECT_THAT(Planned(ReadTransaction(history)), ElementsAre("missed.1 2026-12-05T12:00Z until 2026-12-10T05:00Z"));
  pause("2026-12-05T11:30Z", "2026-12-06T00:00Z");
  EXPECT_THAT(Planned(ReadTransaction(history)), ElementsAre("missed.1 2026-12-06T00:00Z until 2026-12-10T05:00Z"));
  history.mutable_pauses(1)->set_end_micros(absl::ToUnixMicros(Instant("2026-12-10T05:00Z")));
  EXPECT_THAT(Planned(ReadTransaction(history)),
              ElementsAre("missed.1 2026-12-05T12:00Z until 2026-12-10T05:00Z PAUSED"));
}

TEST(VisitsTest, WhatThePathwayDoesNotPrescribeIsPassedOver) {
  record::v1::PlanHistory history = History(v1::VISIT_STATE_BOOKED, 1, "2026-12-03T19:30Z", "2026-10-01T12:00Z");
  history.mutable_visits(0)->set_visit("month-7");
  EXPECT_EQ(ReadTransaction(history).visits[0].state, v1::VISIT_STATE_UNBOOKED);
}

std::string TextOf(const PatientFacts& facts, int rule, const ClinicFacts& clinic = {}) {
  PatientFacts all = facts;
  all.rules.set();
  Occurrence occurrence;
  const int number = facts.visits[0].appointment > 1 ? 3 * facts.visits[0].appointment : 1;
  EXPECT_TRUE(Plan(Pathway(), all).Find(rule, number, &occurrence));
  const std::string text = RenderText(Pathway(), all, Patient(), clinic, occurrence);
  EXPECT_LE(text.size(), MaxTextBytes(Pathway(), rule, Patient(), clinic));
  return text;
}

TEST(VisitsTest, TextsSpeakOfTheAppointmentOrOfTheTarget) {
  EXPECT_EQ(TextOf(ReadTransaction({}), 0), "Book your 6-month visit, around December 1.");
  EXPECT_EQ(TextOf(Booked(), 1), "Your 6-month visit is on December 3 at 2:30 PM.");
  EXPECT_EQ(TextOf(Booked(), 0), "Book your 6-month visit, around December 1.");  // Asked before it was booked.
}

// The appointment is on 3 December, 14:30 in New York, where the patient is.
TEST(VisitsTest, TextsTellAnAppointmentByTheClinicsClockAndWhoseTimeThatIs) {
  EXPECT_EQ(TextOf(Booked(), 1, {"", "", "America/New_York"}), "Your 6-month visit is on December 3 at 2:30 PM.");
  EXPECT_EQ(TextOf(Booked(), 1, {"", "", "America/Toronto"}), "Your 6-month visit is on December 3 at 2:30 PM.")
      << "both clocks show the same";
  EXPECT_EQ(TextOf(Booked(), 1, {"", "", "Europe/Madrid"}),
            "Your 6-month visit is on December 3 at 8:30 PM, Madrid time.");
  EXPECT_EQ(TextOf(Booked(), 1, {"", "", "Asia/Tokyo"}), "Your 6-month visit is on December 4 at 4:30 AM, Tokyo time.");
  EXPECT_EQ(TextOf(ReadTransaction({}), 0, {"", "", "Asia/Tokyo"}), "Book your 6-month visit, around December 1.");
}

TEST(VisitsTest, RemindersOfAnAppointmentCountFromTheDateOnThePatientsCalendar) {
  EXPECT_EQ(Booked().visits[0].anchor, absl::CivilDay(2026, 12, 3));
  const auto late = ReadTransaction(History(v1::VISIT_STATE_BOOKED, 1, "2026-12-04T03:00Z", "2026-10-01T12:00Z"));
  EXPECT_EQ(late.visits[0].anchor, absl::CivilDay(2026, 12, 3));
  EXPECT_EQ(TextOf(late, 1, {"", "", "Europe/Madrid"}), "Your 6-month visit is on December 4 at 4:00 AM, Madrid time.");
}

TEST(VisitsTest, ARecordFromBeforeChangesWereCountedGoesOnFromTheMinuteOfItsLastChange) {
  record::v1::PlanHistory history = History(v1::VISIT_STATE_BOOKED, 1, "2026-12-03T19:30Z", "2026-10-01T12:00Z");
  EXPECT_EQ(ReadTransaction(history).visits[0].sequence, 29847600);
  history.mutable_visits(0)->set_sequence(3);
  EXPECT_EQ(ReadTransaction(history).visits[0].sequence, 3);
  EXPECT_EQ(ReadTransaction({}).visits[0].sequence, 0);
}

// Descriptions of the steps of an occurrence, one a line.
std::string StepsOf(const PatientFacts& facts, int rule, int number, const ClinicFacts& clinic = {}) {
  const Plan plan(Pathway(), facts);
  Occurrence occurrence;
  EXPECT_TRUE(plan.Find(rule, number, &occurrence));
  v1::Reminder reminder;
  Describe(Pathway(), facts, occurrence, occurrence.due, &reminder);
  AddSteps(Pathway(), facts, clinic, plan, rule, NameCodeOf(Pathway(), occurrence), /*moved=*/false, &reminder);
  std::string lines;
  for (const v1::TimeStep& step : reminder.steps()) {
    absl::StrAppend(&lines, v1::TimeStepKind_Name(step.kind()).substr(15), ": ", step.description(), "\n");
  }
  return lines;
}

TEST(VisitsTest, ExplanationsCountFromTheVisit) {
  const std::string by_clock = ", by the patient's clock (America/New_York).\n";
  EXPECT_EQ(StepsOf(ReadTransaction({}), 0, 1),
            absl::StrCat("NOMINAL: Rule book of phase late says 10:00 on Tue 3 Nov 2026, 28 days "
                         "before the target of visit month-6",
                         by_clock));
  EXPECT_EQ(StepsOf(Booked(), 1, 2),
            absl::StrCat("NOMINAL: Rule remind of phase late says 08:00 on Wed 2 Dec 2026, 1 day "
                         "before the appointment of visit month-6",
                         by_clock));
  EXPECT_EQ(
      StepsOf(ReadTransaction(History(v1::VISIT_STATE_MISSED, 1, "2026-12-03T19:30Z", "2026-12-03T21:00Z")), 3, 1),
      absl::StrCat("NOMINAL: Rule missed of phase late says 08:00 on Thu 3 Dec 2026, the date of the appointment of "
                   "visit month-6",
                   by_clock,
                   "VISIT: The visit was booked, moved or recorded Thu 3 Dec 2026 16:00, after that time but inside "
                   "its window: due at once.\n"));
  EXPECT_EQ(
      StepsOf(ReadTransaction(History(v1::VISIT_STATE_BOOKED, 1, "2026-12-03T12:30Z", "2026-10-01T12:00Z")), 1, 3),
      absl::StrCat("NOMINAL: Rule remind of phase late says 08:00 on Thu 3 Dec 2026, the date of the appointment of "
                   "visit month-6",
                   by_clock, "VISIT: The appointment begins by then, Thu 3 Dec 2026 07:30: never due.\n"));
}

TEST(VisitsTest, ExplanationsTellTheTimeAtTheClinicWhereItIsAnother) {
  const std::string nominal =
      "NOMINAL: Rule remind of phase late says 08:00 on Wed 2 Dec 2026, 1 day before the appointment of visit month-6, "
      "by the patient's clock (America/New_York).";
  EXPECT_EQ(StepsOf(Booked(), 1, 2, {"", "", "America/Toronto"}), absl::StrCat(nominal, "\n"));
  EXPECT_EQ(StepsOf(Booked(), 1, 2, {"", "", "Europe/Madrid"}),
            absl::StrCat(nominal,
                         " The appointment begins Thu 3 Dec 2026 20:30 by the clinic's clock (Europe/Madrid), which is "
                         "Thu 3 Dec 2026 14:30 by the patient's.\n"));
  const std::string asks = StepsOf(ReadTransaction({}), 0, 1, {"", "", "Europe/Madrid"});
  EXPECT_EQ(asks.find("appointment"), std::string::npos) << asks;
}

}  // namespace
}  // namespace aftercare::plan
