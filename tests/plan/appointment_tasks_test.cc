// Tasks that come due after an appointment of which nobody has recorded what became.
#include "scheduler/plan/appointment_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;

bool IsAfter(const std::string& rule) { return IsDueAfterAppointment(FromText<v1::Rule>(rule)); }

TEST(AppointmentTasksTest, OnlyATaskWhoseDaysAllLieAfterABookedAppointmentIsDueAfterIt) {
  const std::string task = "audience: AUDIENCE_CARE_TEAM visit { state: VISIT_STATE_BOOKED } ";
  EXPECT_TRUE(IsAfter(task + "schedule { on { days: 1 } }"));
  EXPECT_TRUE(IsAfter(task + "schedule { on { months: 1 } }"));
  EXPECT_FALSE(IsAfter(task + "schedule { on {} }"));
  EXPECT_FALSE(IsAfter(task + "schedule { on { days: -1 } on { days: 1 } }"));
  EXPECT_FALSE(IsAfter(task + "schedule { on { months: 1 days: -40 } }"));
  EXPECT_FALSE(IsAfter(task));
  EXPECT_FALSE(IsAfter("visit { state: VISIT_STATE_BOOKED } schedule { on { days: 1 } }")) << "a message";
  EXPECT_FALSE(IsAfter("audience: AUDIENCE_CARE_TEAM visit { state: VISIT_STATE_MISSED } schedule { on { days: 1 } }"));
}

// An appointment on 3 December 2026, 14:30 in New York.
TEST(AppointmentTasksTest, TheTaskIsDueAsLongAsTheVisitIsBooked) {
  const auto pathway = CompileGood(FromText<v1::Pathway>(R"pb(
    display_name: "Knee" default_locale: "en"
    phases { id: "late" display_name: "Late" span { months { first: 6 last: 12 } } }
    visits { id: "month-6" display_name: "6-month visit" target { months: 6 } }
    rules { id: "record" phase: "late" category: "visit" audience: AUDIENCE_CARE_TEAM
            visit { visit: "month-6" state: VISIT_STATE_BOOKED }
            schedule { on { days: 2 } times: "09:00" window { days: 7 } } texts { key: "en" value: "Record it." } }
    rules { id: "late" phase: "late" category: "visit" visit { visit: "month-6" state: VISIT_STATE_BOOKED }
            schedule { on { days: 2 } times: "09:00" } texts { key: "en" value: "Too late." } }
  )pb"));
  const auto planned = [&](v1::VisitState state) {
    record::v1::PlanHistory history;
    record::v1::VisitRecord& visit = *history.add_visits();
    visit.set_visit("month-6");
    visit.set_state(state);
    visit.set_appointment(1);
    visit.set_start_micros(absl::ToUnixMicros(Instant("2026-12-03T19:30Z")));
    visit.set_since_micros(absl::ToUnixMicros(Instant("2026-10-01T12:00Z")));
    const auto patient = FromText<v1::Enrollment>("procedure_date: '2026-06-01' time_zone: 'America/New_York'");
    std::vector<std::string> due;
    for (const Occurrence& occurrence : WholePlan(*pathway, TrustedFactsOf(patient, *pathway, {}, history))) {
      if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) continue;
      due.push_back(absl::StrCat(pathway->rule_source(occurrence.rule).id(), " ", InUtc(occurrence.due), " until ",
                                 InUtc(occurrence.expire)));
    }
    return due;
  };
  EXPECT_THAT(planned(v1::VISIT_STATE_BOOKED), ElementsAre("record 2026-12-05T14:00Z until 2026-12-13T05:00Z"));
  EXPECT_THAT(planned(v1::VISIT_STATE_ATTENDED), ElementsAre());
}

}  // namespace
}  // namespace aftercare::plan
