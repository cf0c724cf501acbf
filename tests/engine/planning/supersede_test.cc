// Rules of which only the newest counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// check.2029-03-02 .. check.2029-03-05: 2 to 5 March at 09:00, to the end of the third day after.
v1::Pathway Checks(const std::string& more = "") {
  return FromText<v1::Pathway>(absl::StrCat(R"pb(
    display_name: "Checks" default_locale: "en"
    phases { id: "acute" display_name: "First weeks" span { days { first: 0 last: 30 } } }
    rules {
      id: "check" phase: "acute" category: "check" supersede: true
      schedule { span { days { first: 1 last: 4 } } daily {} times: "09:00" window { days: 3 } }
      texts { key: "en" value: "How is your knee?" }
  )pb", more, "}"));
}

class SupersedeTest : public ::testing::Test {
 protected:
  void Enrol(const v1::Pathway& pathway = Checks()) {
    world_.CreateClinic("north");
    world_.CreatePathway("north", "knee", pathway);
    world_.Enrol("north", "e", KneePatient("north"));
  }
  // `day` is a day of March.
  std::string StateAndReason(int day) {
    return world_.StateOf(absl::StrCat("clinics/north/enrollments/e/reminders/check.2029-03-0", day));
  }
  // Of all checks, in order of their days.
  std::vector<std::string> Standings() {
    return {StateAndReason(2), StateAndReason(3), StateAndReason(4), StateAndReason(5)};
  }

  World world_{At("2029-03-01T08:00")};
};

TEST_F(SupersedeTest, AfterAnAbsenceBeyondTheLastWindowNothingIsSent) {
  Enrol();
  world_.Stop();
  world_.clock().Set(At("2029-03-20T10:00"));
  world_.Start();
  world_.Settle();
  EXPECT_THAT(Standings(), ElementsAre("EXPIRED/SUPERSEDED", "EXPIRED/SUPERSEDED", "EXPIRED/SUPERSEDED",
                                       "EXPIRED/WINDOW_CLOSED"));
}

TEST_F(SupersedeTest, WhatIsDueOrLeasedGivesWayWhenTheNextComesDue) {
  Enrol();
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_EQ(StateAndReason(2), "DUE");
  world_.MoveTo(At("2029-03-03T09:00"));
  EXPECT_THAT(Standings(), ElementsAre("EXPIRED/SUPERSEDED", "DUE", "SCHEDULED", "SCHEDULED"));
  world_.MoveTo(At("2029-03-04T08:30"));
  v1::LeaseRemindersRequest request;
  request.set_parent("clinics/north");
  request.mutable_lease_duration()->set_seconds(3600);
  const std::vector<v1::Lease> leases = world_.Lease(request);
  ASSERT_THAT(leases, SizeIs(1));
  world_.MoveTo(At("2029-03-04T09:00"));
  EXPECT_THAT(Standings(), ElementsAre("EXPIRED/SUPERSEDED", "EXPIRED/SUPERSEDED", "DUE", "SCHEDULED"));
  // Its gateway has lost it, but what it has sent is sent.
  EXPECT_EQ(ErrorOf(world_.Report(leases[0].lease_id(), v1::DELIVERY_OUTCOME_RELEASED).status()),
            "FAILED_PRECONDITION/LEASE_LOST");
  EXPECT_EQ(ErrorOf(world_.Report(leases[0].lease_id(), v1::DELIVERY_OUTCOME_SENT).status()), "OK");
  EXPECT_EQ(StateAndReason(3), "SENT");
}

TEST_F(SupersedeTest, WhatWasSentOrDoneStays) {
  Enrol();
  world_.MoveTo(At("2029-03-02T09:00"));
  world_.Report(world_.Lease("north").at(0).lease_id(), v1::DELIVERY_OUTCOME_SENT);
  world_.MoveTo(At("2029-03-03T09:00"));
  ASSERT_TRUE(world_.Complete("clinics/north/enrollments/e/reminders/check.2029-03-03").ok());
  world_.MoveTo(At("2029-03-04T09:00"));
  EXPECT_THAT(Standings(), ElementsAre("SENT", "COMPLETED", "DUE", "SCHEDULED"));
}

TEST_F(SupersedeTest, WhoIsEnrolledLateGetsTheNewestOnly) {
  world_.MoveTo(At("2029-03-05T08:00"));
  Enrol();
  EXPECT_THAT(Standings(), ElementsAre("EXPIRED/SUPERSEDED", "EXPIRED/SUPERSEDED", "DUE", "SCHEDULED"));
}

TEST_F(SupersedeTest, APreviewOfALateEnrollmentShowsTheNewestOnly) {
  world_.CreateClinic("north");
  world_.CreatePathway("north", "knee", Checks());
  auto request = FromText<v1::PreviewPlanRequest>(
      "parent: 'clinics/north' pathway_name: 'clinics/north/pathways/knee' "
      "enrollment { procedure_date: '2029-03-01' }");
  plan::SetTimestamp(At("2029-03-05T08:00"), request.mutable_enroll_time());
  const auto preview = Good(world_.Call(&Engine::pathways, &Pathways::Preview, request));
  std::vector<std::string> standings;
  for (const v1::Reminder& reminder : preview.reminders()) {
    standings.push_back(reminder.name() + " " + engine::StateAndReason(reminder));
  }
  EXPECT_THAT(standings, ElementsAre("check.2029-03-02 EXPIRED/SUPERSEDED", "check.2029-03-03 EXPIRED/SUPERSEDED",
                                     "check.2029-03-04 DUE", "check.2029-03-05 SCHEDULED"));
}

TEST_F(SupersedeTest, TasksGiveWayToo) {
  Enrol(Checks("audience: AUDIENCE_CARE_TEAM"));
  world_.MoveTo(At("2029-03-02T09:00"));
  world_.MoveTo(At("2029-03-03T09:00"));
  EXPECT_THAT(Standings(), ElementsAre("EXPIRED/SUPERSEDED", "DUE", "SCHEDULED", "SCHEDULED"));
}

TEST_F(SupersedeTest, SuppressedRemindersKeepTheirReason) {
  world_.CreateClinic("north");
  world_.CreatePathway("north", "knee", Checks());
  v1::Enrollment patient = KneePatient("north");
  patient.set_consent(v1::CONSENT_REFUSED);
  world_.Enrol("north", "e", patient);
  world_.MoveTo(At("2029-03-03T10:00"));
  EXPECT_THAT(Standings(),
              ElementsAre("SUPPRESSED/NO_CONSENT", "SUPPRESSED/NO_CONSENT", "SCHEDULED", "SCHEDULED"));
}

TEST_F(SupersedeTest, SeriesAndPatientsDoNotTouchEachOther) {
  Enrol(Checks(R"pb(}
    rules {
      id: "other" phase: "acute" category: "check" supersede: true
      schedule { on { days: 1 } times: "09:00" window { days: 3 } }
      texts { key: "en" value: "Other" }
  )pb"));
  const std::string second = world_.Enrol("north", "f", KneePatient("north", "p-2"));
  world_.MoveTo(At("2029-03-02T09:00"));
  ASSERT_TRUE(world_.Complete(second + "/reminders/check.2029-03-03").ok());
  world_.MoveTo(At("2029-03-03T08:00"));
  EXPECT_EQ(world_.StateOf(second + "/reminders/check.2029-03-02"), "DUE");
  world_.MoveTo(At("2029-03-03T09:00"));
  EXPECT_EQ(world_.StateOf("clinics/north/enrollments/e/reminders/other.2029-03-02"), "DUE");
}

TEST_F(SupersedeTest, RulesOfOneSeriesReplaceEachOther) {
  Enrol(Checks(R"pb(}
    rules {
      id: "evening" series: "check" phase: "acute" category: "check" supersede: true
      schedule { on { days: 2 } times: "18:00" window { days: 3 } }
      texts { key: "en" value: "How was your day?" }
  )pb"));
  const std::string evening = "clinics/north/enrollments/e/reminders/evening.2029-03-03";
  world_.MoveTo(At("2029-03-03T09:00"));
  EXPECT_THAT(Standings(), ElementsAre("EXPIRED/SUPERSEDED", "DUE", "SCHEDULED", "SCHEDULED"));
  world_.MoveTo(At("2029-03-03T18:00"));
  EXPECT_THAT(Standings(), ElementsAre("EXPIRED/SUPERSEDED", "EXPIRED/SUPERSEDED", "SCHEDULED", "SCHEDULED"));
  EXPECT_EQ(world_.StateOf(evening), "DUE");
  world_.MoveTo(At("2029-03-04T09:00"));
  EXPECT_EQ(world_.StateOf(evening), "EXPIRED/SUPERSEDED");
  EXPECT_THAT(Standings(), ElementsAre("EXPIRED/SUPERSEDED", "EXPIRED/SUPERSEDED", "DUE", "SCHEDULED"));
}

}  // namespace
}  // namespace aftercare::engine
