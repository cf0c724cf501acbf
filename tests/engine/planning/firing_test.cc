// What time alone brings about, in real time: firing, expiry, and what happens when the clock or the server misbehaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration kInstant = absl::Microseconds(1);

class FiringTest : public RealTimeFixture {
 protected:
  std::string Enrol() { return world_.Enrol("north", "e", KneePatient("north")); }

  // How often each reminder came into each state: `ice.2029-03-02-0900 DUE`.
  std::map<std::string, int> Changes() {
    std::map<std::string, int> changes;
    for (const v1::Event& event : world_.Events("north")) {
      if (!event.has_reminder()) continue;
      ++changes[absl::StrCat(IdOf(event.reminder().name()), " ",
                             StateAndReason(event.reminder().state(), event.reminder().reason()))];
    }
    return changes;
  }
};

TEST_F(FiringTest, NothingIsOfferedBeforeItIsDueAndEverythingFromThenOn) {
  Enrol();
  world_.MoveTo(At("2029-03-02T09:00") - kInstant);
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "SCHEDULED");
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "DUE");
  EXPECT_THAT(world_.Lease("north"), SizeIs(1));
}

TEST_F(FiringTest, TheEventOfFiringSaysWhenItHappenedAndWhatItIs) {
  Enrol();
  world_.MoveTo(At("2029-03-02T09:00"));
  const std::vector<v1::Event> events = world_.Events("north");
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].type(), v1::EVENT_TYPE_ENROLLMENT_CREATED);
  EXPECT_EQ(events[1].type(), v1::EVENT_TYPE_REMINDER_CHANGED);
  EXPECT_EQ(plan::ToTime(events[1].event_time()), At("2029-03-02T09:00"));
  EXPECT_EQ(events[1].patient(), "p-1");
  const v1::ReminderChange& change = events[1].reminder();
  EXPECT_EQ(change.name(), "clinics/north/enrollments/e/reminders/ice.2029-03-02-0900");
  EXPECT_EQ(change.phase() + " " + change.category(), "acute cooling");
  EXPECT_EQ(change.audience(), v1::AUDIENCE_PATIENT);
  EXPECT_EQ(change.channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(change.state(), v1::REMINDER_STATE_DUE);
  EXPECT_EQ(plan::ToTime(change.due_time()), At("2029-03-02T09:00"));
  EXPECT_EQ(plan::ToTime(change.expire_time()), At("2029-03-02T13:00"));
}

TEST_F(FiringTest, WhatComesBackAfterTheClockWasSetBackWaitsForItsTimeAgain) {
  const std::string name = Enrol();
  world_.MoveTo(At("2029-03-02T09:00"));
  const std::vector<v1::Lease> leases = world_.Lease("north");
  ASSERT_THAT(leases, SizeIs(1));
  world_.MoveTo(At("2029-03-02T08:00"));
  EXPECT_EQ(world_.Report(leases[0].lease_id(), v1::DELIVERY_OUTCOME_RELEASED).state(), v1::REMINDER_STATE_DUE);
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
  ASSERT_TRUE(world_.Pause(name).ok());
  ASSERT_TRUE(world_.Resume(name).ok());
  world_.Update(name, "contact_points { channel: CHANNEL_EMAIL address: 'ana@example.com' }");
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_THAT(world_.Lease("north"), SizeIs(1));
}

TEST_F(FiringTest, AWindowThatClosesEndsWhatWasNotSent) {
  Enrol();
  world_.MoveTo(At("2029-03-02T13:00") - kInstant);
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "DUE");
  world_.MoveTo(At("2029-03-02T13:00"));
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
}

TEST_F(FiringTest, TasksStayDueBeyondTheirWindow) {
  Enrol();
  world_.MoveTo(At("2029-03-03T10:00"));
  EXPECT_EQ(StateOf("task.2029-03-03"), "DUE");
  world_.MoveTo(At("2029-06-01T00:00"));
  EXPECT_EQ(StateOf("task.2029-03-03"), "DUE");
  EXPECT_EQ(Changes()["task.2029-03-03 DUE"], 1);
}

TEST_F(FiringTest, WithoutConsentOnlyTasksComeDue) {
  v1::Enrollment patient = KneePatient("north");
  patient.set_consent(v1::CONSENT_REFUSED);
  world_.Enrol("north", "e", patient);
  world_.MoveTo(At("2029-03-02T09:00"));
  world_.MoveTo(At("2029-03-03T10:00"));
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "SUPPRESSED/NO_CONSENT");
  EXPECT_EQ(StateOf("task.2029-03-03"), "DUE");
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
}

TEST_F(FiringTest, WithoutAContactPointMessagesAreSuppressed) {
  v1::Enrollment patient = KneePatient("north");
  patient.clear_contact_points();
  world_.Enrol("north", "e", patient);
  world_.MoveTo(At("2029-03-02T09:00"));
  world_.MoveTo(At("2029-03-03T10:00"));
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "SUPPRESSED/NO_CONTACT_POINT");
  EXPECT_EQ(StateOf("task.2029-03-03"), "DUE");
  EXPECT_EQ(Good(world_.Get("clinics/north/enrollments/e/reminders/ice.2029-03-02-0900")).channel(),
            v1::CHANNEL_UNSPECIFIED);
}

TEST_F(FiringTest, WhoIsEnrolledLateGetsWhatIsStillInItsWindowAtOnce) {
  world_.MoveTo(At("2029-03-03T11:00:00.000001"));
  Enrol();
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "EXPIRED/LATE_ENROLLMENT");
  EXPECT_EQ(StateOf("ice.2029-03-02-1500"), "EXPIRED/LATE_ENROLLMENT");
  EXPECT_EQ(StateOf("ice.2029-03-03-0900"), "DUE");
  EXPECT_EQ(StateOf("task.2029-03-03"), "DUE");
  EXPECT_EQ(StateOf("ice.2029-03-03-1500"), "SCHEDULED");
  const v1::Reminder ice = Good(world_.Get("clinics/north/enrollments/e/reminders/ice.2029-03-03-0900"));
  EXPECT_EQ(plan::ToTime(ice.due_time()), At("2029-03-03T11:00:00.000001"));
  EXPECT_EQ(ice.nominal_local_time(), "2029-03-03T09:00");
  EXPECT_THAT(world_.Lease("north"), SizeIs(1));
}

TEST_F(FiringTest, WhatWasLateAtEnrollmentIsNeverStored) {
  world_.MoveTo(At("2029-03-03T11:00"));
  Enrol();
  world_.MoveTo(At("2029-03-20T00:00"));
  world_.Read([](store::ReadTransaction& tx) {
    store::ReminderQuery query;
    query.clinic = "north";
    auto rows = tx.ListReminders(query);
    if (!rows.ok()) return rows.status();
    for (const store::ReminderRow& row : *rows) {
      EXPECT_FALSE(row.key.rule == "ice" && row.due < At("2029-03-03T00:00")) << ReminderNameOf(row.key);
    }
    EXPECT_THAT(*rows, SizeIs(5));
    return absl::OkStatus();
  });
}

TEST_F(FiringTest, WhatIsDueAtTheInstantOfEnrollmentIsDueAtOnce) {
  world_.MoveTo(At("2029-03-02T09:00"));
  Enrol();
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "DUE");
}

TEST_F(FiringTest, WhatClosesAtTheInstantOfEnrollmentIsLate) {
  world_.MoveTo(At("2029-03-02T13:00"));
  Enrol();
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "EXPIRED/LATE_ENROLLMENT");
}

TEST_F(FiringTest, AfterDaysOfAbsenceWhatIsInItsWindowIsDueAndTheRestHasExpired) {
  Enrol();
  world_.MoveTo(At("2029-03-02T09:00"));
  world_.Stop();
  world_.clock().Set(At("2029-03-03T10:30"));
  world_.Start();
  world_.Settle();
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(StateOf("ice.2029-03-02-1500"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(StateOf("ice.2029-03-03-0900"), "DUE");
  EXPECT_EQ(StateOf("task.2029-03-03"), "DUE");
  EXPECT_EQ(StateOf("ice.2029-03-03-1500"), "SCHEDULED");
  EXPECT_THAT(world_.Lease("north"), SizeIs(1));
}

TEST_F(FiringTest, WhatClosesAtTheInstantOfTheReturnWasNeverDue) {
  Enrol();
  world_.Stop();
  world_.clock().Set(At("2029-03-02T13:00"));
  world_.Start();
  world_.Settle();
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(Changes()["ice.2029-03-02-0900 DUE"], 0);
}

TEST_F(FiringTest, NothingFiresTwiceHoweverOftenTheServerStarts) {
  Enrol();
  for (const char* now : {"2029-03-02T09:00", "2029-03-02T09:00", "2029-03-02T16:00", "2029-03-05T00:00"}) {
    world_.Stop();
    world_.clock().Set(At(now));
    world_.Start();
    world_.Settle();
  }
  for (const auto& [change, count] : Changes()) EXPECT_EQ(count, 1) << change;
  EXPECT_EQ(Changes()["ice.2029-03-02-0900 DUE"], 1);
  EXPECT_EQ(Changes()["ice.2029-03-04-1500 EXPIRED/WINDOW_CLOSED"], 1);
}

TEST_F(FiringTest, NothingFiresTwiceWhenTheClockIsSetBack) {
  Enrol();
  world_.MoveTo(At("2029-03-02T09:00"));
  world_.MoveTo(At("2029-03-01T08:00"));
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "DUE");
  EXPECT_THAT(world_.Lease("north"), IsEmpty()) << "it is not due yet, by this clock";
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_THAT(world_.Lease("north"), SizeIs(1));
  world_.MoveTo(At("2029-03-02T08:00"));
  world_.MoveTo(At("2029-03-02T15:00"));
  EXPECT_EQ(Changes()["ice.2029-03-02-0900 DUE"], 1);
  EXPECT_EQ(Changes()["ice.2029-03-02-1500 DUE"], 1);
  EXPECT_EQ(Changes()["ice.2029-03-02-0900 LEASED"], 1);
}

TEST_F(FiringTest, AnEnrollmentThatEndsWhileTheClockIsBackIsListedOnce) {
  const std::string enrollment = Enrol();
  world_.MoveTo(At("2029-03-02T15:00"));
  world_.MoveTo(At("2029-03-02T08:00"));
  ASSERT_TRUE(world_.End(enrollment).ok());
  EXPECT_EQ(world_.ListAll("north", {}, 100).size(), static_cast<size_t>(world_.Timeline(enrollment).reminders_size()));
}

TEST_F(FiringTest, AStormOfRemindersAtOneInstantFiresWhole) {
  constexpr int kPatients = 600;  // more than one sweep takes
  for (int i = 0; i < kPatients; ++i) {
    world_.Enrol("north", absl::StrCat("e", i), KneePatient("north", absl::StrCat("p-", i)));
  }
  world_.MoveTo(At("2029-03-02T09:00"));
  v1::LeaseRemindersRequest request;
  request.set_parent("clinics/north");
  request.set_max_reminders(1000);
  EXPECT_THAT(world_.Lease(request), SizeIs(kPatients));
  world_.MoveTo(At("2029-03-02T13:00"));
  EXPECT_EQ(Changes()["ice.2029-03-02-0900 EXPIRED/WINDOW_CLOSED"], kPatients);
}

TEST_F(FiringTest, ANewEnrollmentThatIsDueSoonerIsNotOverslept) {
  Enrol();
  v1::Enrollment sooner = KneePatient("north", "p-2");
  sooner.set_procedure_date("2029-02-28");
  const std::string other = world_.Enrol("north", "sooner", sooner);
  world_.MoveTo(At("2029-03-01T09:00"));
  EXPECT_EQ(world_.StateOf(other + "/reminders/ice.2029-03-01-0900"), "DUE");
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "SCHEDULED");
}

TEST_F(FiringTest, AWindowThatClosesSoonAfterALateEnrollmentIsNotOverslept) {
  world_.MoveTo(At("2029-03-02T10:00"));
  Enrol();
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "DUE");
  world_.MoveTo(At("2029-03-02T13:00"));  // before anything else comes due
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "EXPIRED/WINDOW_CLOSED");
}

TEST_F(FiringTest, DaysAndTimesAreThoseOfThePatientsZone) {
  v1::Enrollment patient = KneePatient("north");
  patient.set_time_zone("America/New_York");
  world_.Enrol("north", "e", patient);
  world_.MoveTo(At("2029-03-02T14:00") - kInstant);
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "SCHEDULED");
  world_.MoveTo(At("2029-03-02T14:00"));
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "DUE");
}

}  // namespace
}  // namespace aftercare::engine
