#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kEnrollment[] = "clinics/box/enrollments/e";

class EndEnrollmentTest : public SandboxFixture {
 protected:
  EndEnrollmentTest() { world_.Enrol("box", "e", KneePatient("box")); }
};

TEST_F(EndEnrollmentTest, EverythingUnsentIsCancelledAndNothingFurtherComesDue) {
  world_.Advance("box", At("2029-03-02T09:00"));
  const std::vector<v1::Lease> sent = world_.Lease("box");
  ASSERT_THAT(sent, SizeIs(1));
  world_.Report(sent[0].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  world_.Advance("box", At("2029-03-03T10:30"));
  const std::vector<v1::Lease> leased = world_.Lease("box");
  ASSERT_THAT(leased, SizeIs(1));

  ASSERT_TRUE(world_.End(kEnrollment, v1::END_REASON_WITHDRAWN).ok());
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "SENT");
  EXPECT_EQ(StateOf("ice.2029-03-02-1500"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(StateOf("ice.2029-03-03-0900"), "CANCELLED/ENROLLMENT_ENDED") << "it was leased";
  EXPECT_EQ(StateOf("task.2029-03-03"), "CANCELLED/ENROLLMENT_ENDED");
  EXPECT_EQ(StateOf("ice.2029-03-03-1500"), "CANCELLED/ENROLLMENT_ENDED") << "it was still to come";
  EXPECT_EQ(StateOf("visit.2030-02-01"), "CANCELLED/ENROLLMENT_ENDED");

  EXPECT_EQ(world_.Advance("box", At("2030-03-01T00:00")).fired_count(), 0);
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  EXPECT_EQ(StateOf("ice.2029-03-03-1500"), "CANCELLED/ENROLLMENT_ENDED");
}

TEST_F(EndEnrollmentTest, AfterTheEndOnlySentIsAcceptedOfALease) {
  world_.Advance("box", At("2029-03-02T09:00"));
  const std::vector<v1::Lease> leased = world_.Lease("box");
  ASSERT_THAT(leased, SizeIs(1));
  ASSERT_TRUE(world_.End(kEnrollment).ok());
  for (const v1::DeliveryOutcome outcome :
       {v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE, v1::DELIVERY_OUTCOME_PERMANENT_FAILURE,
        v1::DELIVERY_OUTCOME_RELEASED}) {
    EXPECT_EQ(ErrorOf(world_.Report(leased[0].lease_id(), outcome).status()), "FAILED_PRECONDITION/LEASE_LOST");
  }
  EXPECT_EQ(ErrorOf(world_.Report(leased[0].lease_id(), v1::DELIVERY_OUTCOME_SENT).status()), "OK");
  EXPECT_EQ(StateOf("ice.2029-03-02-0900"), "SENT");
}

TEST_F(EndEnrollmentTest, TheEnrollmentSaysWhenAndWhyItEnded) {
  world_.Advance("box", At("2029-03-02T09:00"));
  ASSERT_TRUE(world_.End(kEnrollment, v1::END_REASON_TRANSFERRED).ok());
  v1::GetEnrollmentRequest get;
  get.set_name(kEnrollment);
  const v1::Enrollment enrollment =
      Good(world_.Call(&Engine::enrollments, &Enrollments::Get, get)).enrollment();
  EXPECT_EQ(enrollment.state(), v1::ENROLLMENT_STATE_ENDED);
  EXPECT_EQ(enrollment.end_reason(), v1::END_REASON_TRANSFERRED);
  EXPECT_EQ(plan::ToTime(enrollment.end_time()), At("2029-03-02T09:00"));
  const v1::Event event = world_.Events("box").back();
  EXPECT_EQ(event.type(), v1::EVENT_TYPE_ENROLLMENT_ENDED);
  EXPECT_EQ(event.enrollment(), kEnrollment);
  EXPECT_EQ(event.end_reason(), v1::END_REASON_TRANSFERRED);
}

TEST_F(EndEnrollmentTest, ForAPatientWhoDiedOrLeftEveryEnrollmentEndsLeasesIncluded) {
  for (const v1::EndReason reason : {v1::END_REASON_DECEASED, v1::END_REASON_TRANSFERRED}) {
    World world(At("2029-03-01T08:00"));
    world.CreateSandbox("box", At("2029-03-01T08:00"));
    world.CreatePathway("box", "knee", KneePathway());
    world.Enrol("box", "left", KneePatient("box"));
    world.Enrol("box", "right", KneePatient("box"));
    v1::Enrollment stranger = KneePatient("box");
    stranger.set_patient("somebody-else");
    world.Enrol("box", "stranger", stranger);
    world.Advance("box", At("2029-03-02T09:00"));
    ASSERT_THAT(world.Lease("box"), SizeIs(3));

    v1::EndEnrollmentRequest request;
    request.set_name("clinics/box/enrollments/left");
    request.set_reason(reason);
    const auto ended = Good(world.Call(&Engine::enrollments, &Enrollments::End, request));
    EXPECT_THAT(ended.also_ended(), ElementsAre("clinics/box/enrollments/right"));
    EXPECT_EQ(world.StateOf("clinics/box/enrollments/left/reminders/ice.2029-03-02-0900"),
              "CANCELLED/ENROLLMENT_ENDED");
    EXPECT_EQ(world.StateOf("clinics/box/enrollments/right/reminders/ice.2029-03-02-0900"),
              "CANCELLED/ENROLLMENT_ENDED");
    EXPECT_EQ(world.StateOf("clinics/box/enrollments/stranger/reminders/ice.2029-03-02-0900"), "LEASED");
  }
}

TEST_F(EndEnrollmentTest, ForAPatientWhoWithdrewFromOneTheOthersGoOn) {
  world_.Enrol("box", "other", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T09:00"));
  ASSERT_TRUE(world_.End(kEnrollment, v1::END_REASON_WITHDRAWN).ok());
  EXPECT_EQ(world_.StateOf("clinics/box/enrollments/other/reminders/ice.2029-03-02-0900"), "DUE");
}

TEST_F(EndEnrollmentTest, WhatEndedCannotEndAgain) {
  ASSERT_TRUE(world_.End(kEnrollment).ok());
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(ErrorOf(world_.End(kEnrollment)), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_THAT(world_.Events("box"), SizeIs(events));
}

TEST_F(EndEnrollmentTest, AnEtagThatIsNotTheNewestAborts) {
  v1::EndEnrollmentRequest request;
  request.set_name(kEnrollment);
  request.set_reason(v1::END_REASON_COMPLETED);
  request.set_etag("v7");
  EXPECT_EQ(ErrorOf(world_.Call(&Engine::enrollments, &Enrollments::End, request).status()), "ABORTED/ETAG_MISMATCH");
  request.set_etag(world_.Timeline(kEnrollment).enrollment().etag());
  const auto ended = Good(world_.Call(&Engine::enrollments, &Enrollments::End, request));
  EXPECT_NE(ended.enrollment().etag(), request.etag());
}

TEST_F(EndEnrollmentTest, EveryBadFieldIsNamed) {
  v1::EndEnrollmentRequest request;
  request.set_name("clinics/box");
  request.set_request_id("a b");
  EXPECT_THAT(BadFields(world_.Call(&Engine::enrollments, &Enrollments::End, request).status()),
              ElementsAre("name", "reason", "request_id"));
  EXPECT_EQ(ErrorOf(world_.End("clinics/box/enrollments/f")), "NOT_FOUND/ENROLLMENT_NOT_FOUND");
}

// In real time the sweep may come a moment later than the end; the outcome is the same.
TEST(EndEnrollmentInRealTimeTest, EndingFirstFiresAndExpiresWhatWasNotSwept) {
  World world(At("2029-03-01T08:00"));
  world.CreateClinic("north");
  world.CreatePathway("north", "knee", KneePathway());
  const std::string enrollment = world.Enrol("north", "e", KneePatient("north"));
  world.MoveTo(At("2029-03-02T09:00"));
  // One mutation holds up the writer while the clock moves on, so that the end runs before the sweep.
  Pending ended;
  v1::EndEnrollmentRequest request;
  request.set_name(enrollment);
  request.set_reason(v1::END_REASON_COMPLETED);
  v1::EndEnrollmentResponse response;
  Pending held;
  SystemAccess::Write(
      world.engine().context,
      [&, is_first = true](store::WriteTransaction&) mutable {
        if (!std::exchange(is_first, false)) return absl::OkStatus();
        world.engine().enrollments.End(world.CallOf(request), request, &response, ended.done());
        world.clock().Set(At("2029-03-02T15:30"));
        return absl::OkStatus();
      },
      held.done());
  ASSERT_TRUE(ended.Wait().ok());
  world.Settle();
  EXPECT_EQ(world.StateOf(enrollment + "/reminders/ice.2029-03-02-0900"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(world.StateOf(enrollment + "/reminders/ice.2029-03-02-1500"), "CANCELLED/ENROLLMENT_ENDED");
  EXPECT_EQ(world.StateOf(enrollment + "/reminders/ice.2029-03-03-0900"), "CANCELLED/ENROLLMENT_ENDED");
  EXPECT_EQ(world.ListAll("north", {}, 100).size(), 13u) << "each is listed, once";
  for (const v1::Event& event : world.Events("north")) {
    const v1::ReminderState state = event.reminder().state();
    const bool is_of_time = state == v1::REMINDER_STATE_DUE || state == v1::REMINDER_STATE_EXPIRED;
    EXPECT_EQ(event.actor(), is_of_time ? "" : "operator") << event.ShortDebugString();
  }
}

}  // namespace
}  // namespace aftercare::engine
