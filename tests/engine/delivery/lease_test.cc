#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LeaseTest : public SandboxFixture {
 protected:
  std::vector<std::string> Leased(const std::string& more, const Caller& caller = Operator()) {
    std::vector<std::string> names;
    const auto request = FromText<v1::LeaseRemindersRequest>(
        (more.find("parent") == std::string::npos ? "parent: 'clinics/box' " : "") + more);
    for (const v1::Lease& lease : world_.Lease(request, caller)) {
      const size_t enrollments = lease.reminder().find("/enrollments/") + 13;
      names.push_back(lease.reminder().substr(enrollments));
    }
    return names;
  }

  absl::Status Refusal(const std::string& request_text, const Caller& caller = Operator()) {
    const auto request = FromText<v1::LeaseRemindersRequest>(request_text);
    v1::LeaseRemindersResponse response;
    Pending pending;
    world_.engine().deliveries.Lease(world_.CallOf(request, caller), request, &response, pending.done());
    return pending.Wait();
  }
};

TEST_F(LeaseTest, ALeaseSaysAllThatIsNeededToSend) {
  v1::Enrollment patient = KneePatient("box");
  patient.set_locale("es-MX");
  world_.Enrol("box", "e", patient);
  world_.Advance("box", At("2029-03-02T09:30"));
  const std::vector<v1::Lease> leases = world_.Lease("box");
  ASSERT_THAT(leases, SizeIs(1));
  const v1::Lease& lease = leases[0];
  EXPECT_EQ(lease.reminder(), "clinics/box/enrollments/e/reminders/ice.2029-03-02-0900");
  EXPECT_EQ(lease.patient(), "p-1");
  EXPECT_EQ(lease.attempt(), 1);
  EXPECT_EQ(plan::ToTime(lease.expire_time()), At("2029-03-02T09:31"));
  EXPECT_EQ(lease.contact_point().address(), "+15550100");
  EXPECT_EQ(lease.text(), "Ana, hielo en la rodilla.");
  EXPECT_EQ(lease.locale(), "es");
  EXPECT_EQ(plan::ToTime(lease.due_time()), At("2029-03-02T09:00"));
  EXPECT_EQ(lease.phase() + " " + lease.category(), "acute cooling");
  EXPECT_EQ(lease.idempotency_key().size(), 32u);
  EXPECT_FALSE(lease.lease_id().empty());
  const v1::Reminder reminder = Good(world_.Get(lease.reminder()));
  EXPECT_EQ(StateAndReason(reminder), "LEASED");
  EXPECT_EQ(reminder.attempts(), 1);
}

TEST_F(LeaseTest, ALeaseEndsWithTheWindowAtTheLatest) {
  world_.Enrol("box", "e", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T12:59:30"));
  const std::vector<v1::Lease> leases = world_.Lease("box");
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(plan::ToTime(leases[0].expire_time()), At("2029-03-02T13:00"));
}

TEST_F(LeaseTest, WhatIsLeasedIsNotLeasedAgainUntilTheLeaseRunsOut) {
  world_.Enrol("box", "e", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T09:00"));
  const std::vector<v1::Lease> first = world_.Lease("box");
  ASSERT_THAT(first, SizeIs(1));
  world_.Advance("box", At("2029-03-02T09:01") - absl::Microseconds(1));
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  world_.Advance("box", At("2029-03-02T09:01"));
  const std::vector<v1::Lease> second = world_.Lease("box");
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].attempt(), 2);
  EXPECT_EQ(second[0].idempotency_key(), first[0].idempotency_key());
  EXPECT_NE(second[0].lease_id(), first[0].lease_id());
}

TEST_F(LeaseTest, ALeaseThatNobodyReportsEndsWithTheWindow) {
  world_.Enrol("box", "e", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T12:59:30"));
  world_.Lease("box");
  world_.Advance("box", At("2029-03-02T13:00"));
  EXPECT_EQ(world_.StateOf("clinics/box/enrollments/e/reminders/ice.2029-03-02-0900"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
}

TEST_F(LeaseTest, TheEarliestDueIsLeasedFirst) {
  v1::Enrollment later = KneePatient("box", "p-2");
  later.set_time_zone("America/New_York");
  world_.Enrol("box", "a", later);
  world_.Enrol("box", "c", KneePatient("box"));
  world_.Enrol("box", "b", KneePatient("box", "p-3"));
  world_.Advance("box", At("2029-03-02T12:00"));
  EXPECT_THAT(Leased("max_reminders: 1"), ElementsAre("c/reminders/ice.2029-03-02-0900"));
  world_.Advance("box", At("2029-03-02T14:00"));
  EXPECT_THAT(Leased(""), ElementsAre("a/reminders/ice.2029-03-02-0900"));
}

TEST_F(LeaseTest, TasksAreNeverLeased) {
  world_.Enrol("box", "e", KneePatient("box"));
  world_.Advance("box", At("2029-03-03T10:30"));
  EXPECT_THAT(Leased(""), ElementsAre("e/reminders/ice.2029-03-03-0900"));
}

TEST_F(LeaseTest, EachFilterLeasesWhatMatchesAndLeavesTheRest) {
  v1::Enrollment mail = KneePatient("box", "p-mail");
  mail.mutable_contact_points()->DeleteSubrange(0, 1);
  world_.Enrol("box", "mail", mail);
  world_.Enrol("box", "text", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T09:00"));
  for (const char* none : {"phases: 'later'", "categories: 'visit'", "channel: CHANNEL_WEBHOOK", "patient: 'p-3'",
                           "enrollment: 'clinics/box/enrollments/other'", "due_before { seconds: 1867136400 }",
                           "due_from { seconds: 1867136401 }"}) {
    EXPECT_THAT(Leased(absl::StrCat("filter { ", none, " }")), IsEmpty()) << none;
  }
  EXPECT_THAT(Leased("filter { channel: CHANNEL_SMS }"), ElementsAre("text/reminders/ice.2029-03-02-0900"));
  EXPECT_THAT(Leased("filter { patient: 'p-mail' phases: 'acute' categories: 'cooling' audience: AUDIENCE_PATIENT "
                     "enrollment: 'clinics/box/enrollments/mail' due_from { seconds: 1867136400 } "
                     "due_before { seconds: 1867136401 } }"),
              ElementsAre("mail/reminders/ice.2029-03-02-0900"));
}

TEST_F(LeaseTest, WhatDoesNotMatchDoesNotStandInTheWay) {
  v1::Enrollment mail = KneePatient("box", "p-mail");
  mail.mutable_contact_points()->DeleteSubrange(0, 1);
  for (int i = 0; i < 30; ++i) world_.Enrol("box", absl::StrCat("a", i), mail);
  world_.Enrol("box", "z", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T09:00"));
  EXPECT_THAT(Leased("max_reminders: 1 filter { channel: CHANNEL_SMS }"),
              ElementsAre("z/reminders/ice.2029-03-02-0900"));
}

TEST_F(LeaseTest, AllClinicsMeansThoseInRealTimeThatTheCallerMayTouch) {
  world_.Enrol("box", "e", KneePatient("box"));
  for (const char* clinic : {"north", "south"}) {
    world_.CreateClinic(clinic);
    world_.CreatePathway(clinic, "knee", KneePathway());
    world_.Enrol(clinic, "e", KneePatient(clinic));
  }
  world_.Advance("box", At("2029-03-02T09:00"));
  world_.MoveTo(At("2029-03-02T09:00"));
  const Caller southern{.principal = "gateway", .role = Role::kGateway, .clinics = {"south"}};
  const auto request = FromText<v1::LeaseRemindersRequest>("parent: 'clinics/-'");
  std::vector<v1::Lease> leases = world_.Lease(request, southern);
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].reminder(), "clinics/south/enrollments/e/reminders/ice.2029-03-02-0900");
  leases = world_.Lease(request);
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].reminder(), "clinics/north/enrollments/e/reminders/ice.2029-03-02-0900");
}

TEST_F(LeaseTest, AnEnrollmentAmongAllClinicsIsThatOfItsClinic) {
  for (const char* clinic : {"north", "south"}) {
    world_.CreateClinic(clinic);
    world_.CreatePathway(clinic, "knee", KneePathway());
    world_.Enrol(clinic, "e", KneePatient(clinic));
  }
  world_.MoveTo(At("2029-03-02T09:00"));
  const std::vector<v1::Lease> leases = world_.Lease(FromText<v1::LeaseRemindersRequest>(
      "parent: 'clinics/-' filter { enrollment: 'clinics/south/enrollments/e' }"));
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].reminder(), "clinics/south/enrollments/e/reminders/ice.2029-03-02-0900");
}

TEST_F(LeaseTest, EveryBadFieldOfARequestIsNamed) {
  EXPECT_THAT(BadFields(Refusal("parent: 'x' filter { states: REMINDER_STATE_DUE patient: '!' } max_reminders: 1001 "
                                "lease_duration { nanos: 999999999 } wait { seconds: 61 }")),
              ElementsAre("parent", "filter.patient", "filter.states", "lease_duration", "max_reminders", "wait"));
  EXPECT_THAT(BadFields(Refusal("parent: 'clinics/box' lease_duration { seconds: 3601 } wait { seconds: -1 }")),
              ElementsAre("lease_duration", "wait"));
}

TEST_F(LeaseTest, ClinicsThatAreUnknownOrNotTheCallersAreRefused) {
  EXPECT_EQ(ErrorOf(Refusal("parent: 'clinics/west'")), "NOT_FOUND/CLINIC_NOT_FOUND");
  const Caller southern{.principal = "gateway", .role = Role::kGateway, .clinics = {"south"}};
  EXPECT_EQ(ErrorOf(Refusal("parent: 'clinics/box'", southern)),
            "PERMISSION_DENIED/CLINIC_NOT_YOURS");
}

TEST_F(LeaseTest, LeasesMayLastAnHour) {
  world_.Enrol("box", "e", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T09:00"));
  EXPECT_THAT(Leased("lease_duration { seconds: 3600 }"), SizeIs(1));
  world_.Advance("box", At("2029-03-02T09:59:59"));
  EXPECT_THAT(Leased(""), IsEmpty());
  world_.Advance("box", At("2029-03-02T10:00"));
  EXPECT_THAT(Leased(""), SizeIs(1));
}

}  // namespace
}  // namespace aftercare::engine
