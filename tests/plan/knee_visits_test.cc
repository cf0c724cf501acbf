// The follow-up visits of the pathway that ships: what is sent while they are not booked, booked, missed or cancelled.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/plan/knee.h"

namespace aftercare::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// Facts of a patient whose visits all stand in that state, with appointments two days after their targets at
// 14:30.
PatientFacts FactsWithVisits(v1::VisitState state, const std::string& since) {
  record::v1::PlanHistory history;
  for (const auto& [visit, start] : {std::pair("month-6", "2026-12-03T19:30Z"), {"month-9", "2027-03-03T19:30Z"},
                                     {"month-12", "2027-06-03T18:30Z"}}) {
    record::v1::VisitRecord* record = history.add_visits();
    record->set_visit(visit);
    record->set_state(state);
    record->set_appointment(1);
    record->set_start_micros(absl::ToUnixMicros(Instant(start)));
    record->set_since_micros(absl::ToUnixMicros(Instant(since)));
  }
  return TrustedFactsOf(PatientWith({}), Knee(), {}, history);
}

// `rule nominal` of what is planned about visits.
std::vector<std::string> AboutVisits(const PatientFacts& facts) {
  std::vector<std::string> lines;
  for (const Occurrence& occurrence : WholePlan(Knee(), facts)) {
    const v1::Rule& rule = Knee().rule_source(occurrence.rule);
    if (rule.category() == "visit") lines.push_back(absl::StrCat(rule.id(), " ", FormatMinute(occurrence.nominal)));
  }
  return lines;
}

// Ids of the rules of visits that are due at an instant.
std::vector<std::string> DueAt(const PatientFacts& facts, const std::string& instant) {
  std::vector<std::string> ids;
  for (const Occurrence& occurrence : WholePlan(Knee(), facts)) {
    const v1::Rule& rule = Knee().rule_source(occurrence.rule);
    if (rule.category() == "visit" && occurrence.due == Instant(instant)) ids.push_back(rule.id());
  }
  return ids;
}

TEST(KneeVisitsTest, ThePatientIsAskedToBookEachVisitAndTheCareTeamGetsATaskBetweenTheMessages) {
  const std::vector<std::string> lines = AboutVisits(FactsWith({}));
  ASSERT_EQ(lines.size(), 18u);
  EXPECT_THAT(std::vector<std::string>(lines.begin(), lines.begin() + 6),
              ElementsAre("visit-6-book 2026-11-03T10:00", "visit-6-book 2026-11-17T10:00",
                          "visit-6-check-booked 2026-11-21T09:00", "visit-6-overdue 2026-12-04T10:00",
                          "visit-6-overdue 2026-12-11T10:00", "visit-6-overdue-task 2026-12-11T14:00"));
  EXPECT_EQ(lines[6], "visit-9-book 2027-02-01T10:00");
  EXPECT_EQ(lines[17], "visit-12-overdue-task 2027-06-11T14:00");
}

TEST(KneeVisitsTest, WhatIsBookedIsConfirmedAtOnceAndRemindedOfAWeekAndADayBeforeAndOnTheMorning) {
  const PatientFacts facts = FactsWithVisits(v1::VISIT_STATE_BOOKED, "2026-10-01T12:00Z");
  std::vector<std::string> lines;
  for (const std::string& line : AboutVisits(facts)) {
    if (!absl::StrContains(line, "-booked ")) lines.push_back(line);
  }
  EXPECT_THAT(lines, ElementsAre("visit-6-week-before 2026-11-26T10:00", "visit-6-day-before 2026-12-02T10:00",
                                 "visit-6-morning 2026-12-03T08:00",
                                 "visit-6-outcome-task 2026-12-05T09:00", "visit-9-week-before 2027-02-24T10:00",
                                 "visit-9-day-before 2027-03-02T10:00", "visit-9-morning 2027-03-03T08:00",
 "visit-9-outcome-task 2027-03-05T09:00",
                                 "visit-12-week-before 2027-05-27T10:00", "visit-12-day-before 2027-06-02T10:00",
                                 "visit-12-morning 2027-06-03T08:00",
                                 "visit-12-outcome-task 2027-06-05T09:00"));
  EXPECT_THAT(DueAt(facts, "2026-10-01T12:00Z"), ElementsAre("visit-6-booked", "visit-9-booked", "visit-12-booked"));
}

// What is due at once, by rule, where all visits came to that state after the first appointment, at 21:00Z.
std::vector<std::string> DueAtOnce(v1::VisitState state) {
  return DueAt(FactsWithVisits(state, "2026-12-03T21:00Z"), "2026-12-03T21:00Z");
}

TEST(KneeVisitsTest, WhatIsMissedOrCancelledBringsAMessageAndATaskAtOnceAndAMessageAfterAWeek) {
  EXPECT_THAT(DueAtOnce(v1::VISIT_STATE_MISSED), ElementsAre("visit-6-missed", "visit-6-missed-task"));
  // An appointment may be cancelled long before.
  EXPECT_THAT(DueAtOnce(v1::VISIT_STATE_CANCELLED), ElementsAre("visit-6-cancelled", "visit-6-cancelled-task",
                                                                "visit-9-cancelled", "visit-9-cancelled-task"));
  EXPECT_THAT(AboutVisits(FactsWithVisits(v1::VISIT_STATE_MISSED, "2026-12-03T21:00Z")),
              Contains("visit-6-missed-again 2026-12-10T10:00"));
  EXPECT_THAT(AboutVisits(FactsWithVisits(v1::VISIT_STATE_CANCELLED, "2026-12-03T21:00Z")),
              Contains("visit-6-cancelled-again 2026-12-10T10:00"));
  EXPECT_THAT(AboutVisits(FactsWithVisits(v1::VISIT_STATE_ATTENDED, "2026-12-03T21:00Z")), IsEmpty());
}

TEST(KneeVisitsTest, VisitsHaveTheWindowsOfThePathway) {
  std::vector<std::string> visits;
  const PatientFacts facts = FactsWith({});
  for (int i = 0; i < Knee().visit_count(); ++i) {
    const VisitFacts& visit = facts.visits[i];
    visits.push_back(absl::StrCat(Knee().visit_source(i).id(), " ", FormatDate(visit.target), " from ",
                                  FormatDate(visit.window.first), " to ", FormatDate(visit.window.last)));
  }
  EXPECT_THAT(visits, ElementsAre("month-6 2026-12-01 from 2026-11-24 to 2026-12-22",
                                  "month-9 2027-03-01 from 2027-02-22 to 2027-03-22",
                                  "month-12 2027-06-01 from 2027-05-25 to 2027-06-22"));
}

}  // namespace
}  // namespace aftercare::plan
