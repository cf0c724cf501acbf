#include "services/client/demo/demo_report.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/demo/demo_patients.h"
#include "tests/client/testing.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

DemoPatient Somebody(const std::string& id, const std::string& name) {
  DemoPatient patient;
  patient.enrollment.set_name("clinics/demo/enrollments/" + id);
  patient.enrollment.set_first_name(name);
  patient.enrollment.set_procedure_date("2026-03-02");
  patient.enrollment.set_time_zone("UTC");
  return patient;
}

// Ana has two messages sent, one expired and an open task; Anabel, whose id begins with hers, has nothing.
class DemoReportTest : public testing::Test {
 protected:
  DemoReportTest() : patients_({Somebody("ana", "Ana"), Somebody("anabel", "Anabel")}) {
    TimelineMaker maker;
    maker.Add("ice.2026-03-03", "first", "ice", absl::CivilMinute(2026, 3, 3, 8, 0), v1::REMINDER_STATE_SENT);
    maker.Add("rest.2026-03-03", "first", "rest", absl::CivilMinute(2026, 3, 3, 9, 0), v1::REMINDER_STATE_SENT);
    maker.Add("ice.2026-03-04", "first", "ice", absl::CivilMinute(2026, 3, 4, 8, 0), v1::REMINDER_STATE_EXPIRED)
        .set_reason(v1::REMINDER_REASON_WINDOW_CLOSED);
    maker.Add("book.2026-03-04", "first", "visit", absl::CivilMinute(2026, 3, 4, 8, 0), v1::REMINDER_STATE_DUE,
              v1::AUDIENCE_CARE_TEAM);
    phase_.reminders.assign(maker.timeline.reminders().begin(), maker.timeline.reminders().end());
    phase_.span.set_phase("first");
    phase_.span.set_display_name("First days");
    phase_.span.set_first_date("2026-03-03");
    phase_.span.set_last_date("2026-03-05");
    for (int i = 0; i < 2; ++i) {
      v1::Lease& lease = phase_.sent.emplace_back();
      lease.set_reminder(phase_.reminders[i].name());
      lease.set_text(absl::StrCat("Message ", i + 1));
      lease.mutable_contact_point()->set_channel(i == 0 ? v1::CHANNEL_SMS : v1::CHANNEL_EMAIL);
      *lease.mutable_due_time() = phase_.reminders[i].due_time();
    }
  }

  std::vector<DemoPatient> patients_;
  DemoPhase phase_;
};

TEST_F(DemoReportTest, ATallyIsOfOnePatientByTheStatesOfTheServer) {
  const DemoTally tally = TallyOf(phase_, patients_[0]);
  EXPECT_EQ(tally.messages, 3);
  EXPECT_EQ(tally.sent, 2);
  EXPECT_EQ(tally.tasks, 1);
  EXPECT_EQ(tally.tasks_done, 0);
  EXPECT_THAT(tally.unsent, ElementsAre(Pair("expired window-closed", 1)));
  EXPECT_THAT(tally.categories, ElementsAre(Pair("ice", 2), Pair("rest", 1)));
  EXPECT_THAT(tally.channels, ElementsAre(Pair("email", 1), Pair("sms", 1)));
  EXPECT_EQ(TallyOf(phase_, patients_[1]).messages, 0);
}

TEST_F(DemoReportTest, APhaseIsATableAnExampleItsTasksAndWhatWentOtherwise) {
  phase_.notes = {"! A note."};
  EXPECT_EQ(RenderDemoPhase(phase_, patients_, patients_[0], 100, false),
            "\n"
            "First days  days 1 to 3, Tue 3 Mar 2026 to Thu 5 Mar 2026\n"
            "  PATIENT  CAME DUE  SENT  BY              WHAT\n"
            "  Ana             3     2  email 1, sms 1  ice 2, rest 1; not sent: expired window-closed 1\n"
            "  Anabel          0     0\n"
            "  Ana, Tue 3 Mar 08:00 in UTC, sms:\n"
            "    \"Message 1\"\n"
            "  1 task for the care team, 0 done, 1 open. The first:\n"
            "    \"Text of book.\"\n"
            "  ! A note.\n");
}

TEST_F(DemoReportTest, WhereNothingWasSentThereIsNoExample) {
  EXPECT_THAT(RenderDemoPhase(phase_, patients_, patients_[1], 100, false), Not(HasSubstr("Message 1")));
}

TEST_F(DemoReportTest, ForProgramsAPhaseIsAnObjectAPatient) {
  EXPECT_EQ(JsonOf(phase_, patients_[0]).Line(),
            R"({"kind":"phase","phase":"first","enrollment":"clinics/demo/enrollments/ana","messages":3,"sent":2,)"
            R"("unsent":1,"tasks":1,"tasksDone":0})");
}

TEST_F(DemoReportTest, LinesFit) {
  phase_.sent[0].set_text(std::string(20, 'a') + " " + std::string(70, 'b') + " " + std::string(90, 'c'));
  phase_.notes = {std::string(50, 'd') + " " + std::string(60, 'e')};
  v1::Pathway pathway;
  pathway.set_name("clinics/demo/pathways/knee");
  std::vector<DemoPatient> patients;
  for (const v1::Enrollment& patient : DemoPatients("clinics/demo", "knee", pathway))
    patients.push_back({patient, 120});
  DemoTotals totals;
  for (const char* kind : {"advance", "lease", "other", "report"})
    totals.calls.push_back({kind, {123456, absl::Seconds(1000)}});
  for (const int width : {80, 100}) {
    ExpectFits(RenderDemoPhase(phase_, patients_, patients_[0], width, false), width);
    ExpectFits(RenderDemoIntroduction(DemoClinic(), pathway, patients, width, false), width);
    ExpectFits(RenderDemoTotals(totals, width, false), width);
  }
}

TEST_F(DemoReportTest, WhatToTryNamesTheProgramTheClinicAndThePatient) {
  const std::string steps = RenderNextSteps("./aftercare", " --clinic demo-2", "ana", "TOKEN", false);
  EXPECT_THAT(steps, HasSubstr("\n  ./aftercare timeline ana --clinic demo-2\n"));
  EXPECT_THAT(steps, HasSubstr("\n  ./aftercare due --clinic demo-2\n"));
  EXPECT_THAT(steps, HasSubstr("\n  ./aftercare watch --clinic demo-2 --from-token TOKEN\n"));
}

}  // namespace
}  // namespace aftercare::client
