#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::Pathway Pathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "P"
    default_locale: "en"
    phases { id: "all" display_name: "All" span { days { first: 0 last: 60 } } }
    visits {
      id: "check" display_name: "check-up" target { days: 20 } days_before: 10 days_after: 20
      duration { seconds: 1800 }
    }
    rules {
      id: "hello" phase: "all" category: "c" schedule { on { days: 1 } times: "09:00" }
      texts { key: "en" value: "Hello {first_name}. {clinic_name} {clinic_phone}" }
    }
    rules {
      id: "eve" phase: "all" category: "c" visit { visit: "check" state: VISIT_STATE_BOOKED }
      schedule { on { days: -1 } times: "10:00" window { until: "20:00" } }
      texts { key: "en" value: "Your {visit} is on {visit_date}, {visit_time}." }
    })pb");
}

// Leases are true: what a change makes untrue is taken back. Procedure on 2029-03-01, in UTC.
class TrueLeaseTest : public RealTimeFixture {
 protected:
  TrueLeaseTest() : RealTimeFixture({.pathway_id = "p", .pathway = Pathway(), .now = At("2029-03-01T08:00")}) {
    enrollment_ = world_.Enrol("north", "e", FromText<v1::Enrollment>(R"pb(
      pathway: "clinics/north/pathways/p" patient: "P-1" first_name: "Ana" time_zone: "UTC" consent: CONSENT_GRANTED
      procedure_date: "2029-03-01" contact_points { channel: CHANNEL_SMS address: "+15550001" })pb"));
  }

  v1::Lease LeaseOne() {
    const std::vector<v1::Lease> leases = world_.Lease("north");
    EXPECT_THAT(leases, SizeIs(1));
    return leases.empty() ? v1::Lease() : leases[0];
  }

  // Returns the reason of the error, or `OK`.
  std::string Extend(const v1::Lease& lease) {
    v1::ExtendLeasesRequest request;
    request.add_lease_ids(lease.lease_id());
    const auto response = Good(world_.Call(&Engine::deliveries, &Deliveries::Extend, request));
    return response.extensions(0).status().code() == 0 ? "OK" : "LOST";
  }

  v1::ScheduleVisitResponse Book(const std::string& start) {
    v1::ScheduleVisitRequest request;
    request.set_name(enrollment_ + "/visits/check");
    request.set_start_local_time(start);
    request.set_allow_outside_window(true);
    return Good(world_.Call(&Engine::visits, &Visits::Schedule, request));
  }

  void UpdateClinic(const std::string& fields) {
    v1::UpdateClinicRequest request;
    *request.mutable_clinic() = FromText<v1::Clinic>("name: 'clinics/north' " + fields);
    Good(world_.Call(&Engine::clinics, &Clinics::Update, request));
  }

  std::string Etag() {
    v1::GetEnrollmentRequest request;
    request.set_name(enrollment_);
    return Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment().etag();
  }

  std::string enrollment_;
};

TEST_F(TrueLeaseTest, ALeaseIsTakenBackWhenItsTextChangesAndTheNewTextIsAnotherReminder) {
  world_.MoveTo(At("2029-03-02T09:00"));
  const v1::Lease old_lease = LeaseOne();
  EXPECT_EQ(old_lease.text(), "Hello Ana. Harbour Clinic");
  world_.Update(enrollment_, "first_name: 'Anna'");
  EXPECT_EQ(StateOf("hello.2029-03-02"), "CANCELLED/MOVED_BY_REANCHOR");
  EXPECT_EQ(Extend(old_lease), "LOST");
  const v1::Lease new_lease = LeaseOne();
  EXPECT_EQ(new_lease.reminder(), Name("hello.2029-03-02~2"));
  EXPECT_EQ(new_lease.text(), "Hello Anna. Harbour Clinic");
  EXPECT_NE(new_lease.idempotency_key(), old_lease.idempotency_key());
}

TEST_F(TrueLeaseTest, AChangeThatLeavesTheTextAsItIsLeavesTheLease) {
  world_.MoveTo(At("2029-03-02T09:00"));
  const v1::Lease lease = LeaseOne();
  world_.Update(enrollment_, "last_name: 'Diaz'");
  EXPECT_EQ(StateOf("hello.2029-03-02"), "LEASED");
  EXPECT_EQ(Extend(lease), "OK");
}

TEST_F(TrueLeaseTest, AMovedAppointmentTakesItsLeaseBack) {
  Book("2029-03-20T14:30");
  world_.MoveTo(At("2029-03-02T12:00"));
  world_.SendAll("north");
  world_.MoveTo(At("2029-03-19T10:00"));
  const v1::Lease old_lease = LeaseOne();
  EXPECT_EQ(old_lease.text(), "Your check-up is on March 20, 2:30 PM.");
  world_.MoveTo(At("2029-03-19T10:00:30"));
  Book("2029-03-20T16:00");
  EXPECT_EQ(StateOf("eve.2029-03-19"), "CANCELLED/VISIT_CHANGED");
  EXPECT_EQ(Extend(old_lease), "LOST");
  const v1::Lease new_lease = LeaseOne();
  EXPECT_EQ(new_lease.reminder(), Name("eve.2029-03-19~2"));
  EXPECT_EQ(new_lease.text(), "Your check-up is on March 20, 4:00 PM.");
}

TEST_F(TrueLeaseTest, ANewTelephoneOfTheClinicTakesLeasesBack) {
  world_.MoveTo(At("2029-03-02T09:00"));
  const v1::Lease lease = LeaseOne();
  UpdateClinic("phone: '+1 555 0199'");
  EXPECT_EQ(Extend(lease), "LOST");
  EXPECT_EQ(LeaseOne().text(), "Hello Ana. Harbour Clinic +1 555 0199");
}

TEST_F(TrueLeaseTest, ANewContactPointTakesTheLeaseBackAndTheSameReminderIsLeasedToIt) {
  world_.MoveTo(At("2029-03-02T09:00"));
  const v1::Lease old_lease = LeaseOne();
  world_.Update(enrollment_, "contact_points { channel: CHANNEL_SMS address: '+15550002' }");
  EXPECT_EQ(Extend(old_lease), "LOST");
  const v1::Lease new_lease = LeaseOne();
  EXPECT_EQ(new_lease.contact_point().address(), "+15550002");
  EXPECT_EQ(new_lease.idempotency_key(), old_lease.idempotency_key());
  EXPECT_EQ(new_lease.attempt(), 2);
}

TEST_F(TrueLeaseTest, WhatWasTakenBackAndSentAllTheSameIsNotSentAgain) {
  world_.MoveTo(At("2029-03-02T09:00"));
  const v1::Lease lease = LeaseOne();
  world_.Update(enrollment_, "first_name: 'Anna'");
  EXPECT_EQ(world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT).state(), v1::REMINDER_STATE_SENT);
  EXPECT_THAT(world_.Lease("north"), IsEmpty());
  EXPECT_EQ(StateOf("hello.2029-03-02~2"), "CANCELLED/MOVED_BY_REANCHOR");
  world_.ExpectListsAgree("north");
}

TEST_F(TrueLeaseTest, WhatWasSentIsShownWordForWordWhateverChanges) {
  world_.MoveTo(At("2029-03-02T09:00"));
  world_.Report(LeaseOne().lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE);
  world_.MoveTo(At("2029-03-02T09:05"));
  world_.Report(LeaseOne().lease_id(), v1::DELIVERY_OUTCOME_SENT);
  world_.Update(enrollment_, "first_name: 'Anna' contact_points { channel: CHANNEL_SMS address: '+15550002' }");
  UpdateClinic("display_name: 'South'");
  const v1::Reminder reminder = Good(world_.Get(Name("hello.2029-03-02")));
  EXPECT_EQ(reminder.text(), "Hello Ana. Harbour Clinic");
  ASSERT_EQ(reminder.leased_messages_size(), 2);
  EXPECT_EQ(reminder.leased_messages(0).attempt(), 1);
  EXPECT_EQ(reminder.leased_messages(1).text(), "Hello Ana. Harbour Clinic");
  EXPECT_EQ(reminder.leased_messages(1).contact_point().address(), "+15550001");
  EXPECT_EQ(reminder.leased_messages(1).locale(), "en");
  EXPECT_EQ(plan::ToTime(reminder.leased_messages(1).lease_time()), At("2029-03-02T09:05"));
  const v1::ListRemindersResponse list = world_.List("north");
  for (const v1::Reminder& listed : list.reminders()) EXPECT_EQ(listed.leased_messages_size(), 0);
  const v1::GetTimelineResponse timeline = world_.Timeline(enrollment_);
  for (const v1::Reminder& shown : timeline.reminders()) {
    if (shown.name() == reminder.name()) EXPECT_EQ(shown.leased_messages_size(), 2);
  }
}

TEST_F(TrueLeaseTest, BookingAVisitChangesTheEtagOfTheEnrollment) {
  const std::string before = Etag();
  Book("2029-03-20T14:30");
  const std::string booked = Etag();
  EXPECT_NE(booked, before);
  Book("2029-03-20T15:30");
  EXPECT_NE(Etag(), booked);
}

}  // namespace
}  // namespace aftercare::engine
