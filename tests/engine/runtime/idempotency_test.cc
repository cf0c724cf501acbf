// request_id, on every mutation that has one.
#include <gtest/gtest.h>

#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

class IdempotencyTest : public RealTimeFixture {
 protected:
  IdempotencyTest() {
    create_.set_parent("clinics/north");
    create_.set_request_id("r-1");
    *create_.mutable_enrollment() = KneePatient("north");
  }

  absl::StatusOr<v1::CreateEnrollmentResponse> Create() {
    return world_.Call(&Engine::enrollments, &Enrollments::Create, create_);
  }

  // Pauses under the request id `pause-1`, or resumes.
  v1::EnrollmentState Pause(const std::string& enrollment) {
    v1::PauseEnrollmentRequest request;
    request.set_name(enrollment);
    request.set_request_id("pause-1");
    return Good(world_.Call(&Engine::enrollments, &Enrollments::Pause, request)).enrollment().state();
  }
  absl::Status Resume(const std::string& enrollment, const std::string& request_id = "") {
    v1::ResumeEnrollmentRequest request;
    request.set_name(enrollment);
    request.set_request_id(request_id);
    return world_.Call(&Engine::enrollments, &Enrollments::Resume, request).status();
  }
  v1::EnrollmentState StateOfEnrollment(const std::string& enrollment) {
    return world_.Timeline(enrollment).enrollment().state();
  }
  bool IsStored(const std::string& request_id) {
    bool stored = false;
    world_.Read([&](store::ReadTransaction& tx) {
      const auto row = tx.GetRequest("north", request_id);
      stored = row.ok() && row->has_value();
      return row.status();
    });
    return stored;
  }

  v1::CreateEnrollmentRequest create_;
};

TEST_F(IdempotencyTest, TheSameRequestIsAnsweredTheSameAndDoneOnce) {
  const auto first = Good(Create());
  world_.MoveTo(At("2029-03-02T07:59"));
  const auto again = Good(Create());
  EXPECT_EQ(again.DebugString(), first.DebugString());
  EXPECT_EQ(world_.Events("north").size(), 1u);
}

TEST_F(IdempotencyTest, AnotherRequestUnderTheSameIdIsRefused) {
  Good(Create());
  create_.mutable_enrollment()->set_first_name("Eva");
  EXPECT_EQ(ErrorOf(Create().status()), "ALREADY_EXISTS/REQUEST_ID_REUSED");
  EXPECT_EQ(world_.Events("north").size(), 1u);
}

TEST_F(IdempotencyTest, AnotherMethodUnderTheSameIdIsRefused) {
  v1::EndEnrollmentRequest end;
  end.set_name(Good(Create()).enrollment().name());
  end.set_reason(v1::END_REASON_COMPLETED);
  end.set_request_id("r-1");
  EXPECT_EQ(ErrorOf(world_.Call(&Engine::enrollments, &Enrollments::End, end).status()),
            "ALREADY_EXISTS/REQUEST_ID_REUSED");
}

TEST_F(IdempotencyTest, IdsOfOtherClinicsAreTheirOwn) {
  world_.CreateClinic("south");
  world_.CreatePathway("south", "knee", KneePathway());
  Good(Create());
  create_.set_parent("clinics/south");
  *create_.mutable_enrollment() = KneePatient("south");
  EXPECT_TRUE(Create().ok());
}

TEST_F(IdempotencyTest, ARequestThatFailedMayBeMendedUnderTheSameId) {
  create_.mutable_enrollment()->set_pathway("clinics/north/pathways/hip");
  EXPECT_EQ(ErrorOf(Create().status()), "NOT_FOUND/PATHWAY_NOT_FOUND");
  create_.mutable_enrollment()->set_pathway("clinics/north/pathways/knee");
  EXPECT_TRUE(Create().ok());
}

TEST_F(IdempotencyTest, AnswersSurviveARestart) {
  const auto first = Good(Create());
  world_.Stop();
  world_.Start();
  EXPECT_EQ(Good(Create()).DebugString(), first.DebugString());
}

TEST_F(IdempotencyTest, AnAnswerIsRememberedForADayAndNoLonger) {
  const std::string e = Good(Create()).enrollment().name();
  EXPECT_EQ(Pause(e), v1::ENROLLMENT_STATE_PAUSED);
  ASSERT_TRUE(Resume(e).ok());
  world_.MoveTo(At("2029-03-02T08:00") - absl::Microseconds(1));
  EXPECT_EQ(Pause(e), v1::ENROLLMENT_STATE_PAUSED);
  EXPECT_EQ(StateOfEnrollment(e), v1::ENROLLMENT_STATE_ACTIVE) << "the first answer again, and nothing done";
  world_.MoveTo(At("2029-03-02T08:00"));
  ASSERT_TRUE(IsStored("pause-1")) << "nothing has deleted it yet";
  EXPECT_EQ(Pause(e), v1::ENROLLMENT_STATE_PAUSED);
  EXPECT_EQ(StateOfEnrollment(e), v1::ENROLLMENT_STATE_PAUSED);
}

TEST_F(IdempotencyTest, AnIdThatIsUsedAgainAfterADayIsRememberedForAnotherDay) {
  const std::string e = Good(Create()).enrollment().name();
  Pause(e);
  ASSERT_TRUE(Resume(e).ok());
  world_.MoveTo(At("2029-03-03T08:00"));
  Pause(e);
  ASSERT_TRUE(Resume(e).ok());
  world_.MoveTo(At("2029-03-04T08:00") - absl::Microseconds(1));
  Pause(e);
  EXPECT_EQ(StateOfEnrollment(e), v1::ENROLLMENT_STATE_ACTIVE);
  world_.MoveTo(At("2029-03-04T08:00"));
  Pause(e);
  EXPECT_EQ(StateOfEnrollment(e), v1::ENROLLMENT_STATE_PAUSED);
}

TEST_F(IdempotencyTest, AnIdThatIsADayOldMayServeAnotherRequest) {
  const std::string e = Good(Create()).enrollment().name();
  Pause(e);
  world_.MoveTo(At("2029-03-02T08:00") - absl::Microseconds(1));
  EXPECT_EQ(ErrorOf(Resume(e, "pause-1")), "ALREADY_EXISTS/REQUEST_ID_REUSED");
  world_.MoveTo(At("2029-03-02T08:00"));
  EXPECT_EQ(ErrorOf(Resume(e, "pause-1")), "OK");
}

TEST_F(IdempotencyTest, WhatIsADayOldIsDeletedWithTheNextThatComes) {
  const std::string e = Good(Create()).enrollment().name();
  world_.MoveTo(At("2029-03-02T08:00") - absl::Microseconds(1));
  Pause(e);
  EXPECT_TRUE(IsStored("r-1"));
  world_.MoveTo(At("2029-03-02T08:00"));
  ASSERT_TRUE(Resume(e, "resume-1").ok());
  EXPECT_FALSE(IsStored("r-1"));
  EXPECT_TRUE(IsStored("pause-1"));
}

TEST_F(IdempotencyTest, AClockThatIsSetBackByLessThanADayForgetsNothing) {
  const std::string e = Good(Create()).enrollment().name();
  Pause(e);
  ASSERT_TRUE(Resume(e).ok());
  world_.clock().Set(At("2029-02-28T08:00") + absl::Microseconds(1));
  Pause(e);
  EXPECT_EQ(StateOfEnrollment(e), v1::ENROLLMENT_STATE_ACTIVE);
}

TEST_F(IdempotencyTest, AClockThatIsSetBackByADayForgets) {
  const std::string e = Good(Create()).enrollment().name();
  Pause(e);
  ASSERT_TRUE(Resume(e).ok());
  world_.clock().Set(At("2029-02-28T08:00"));
  Pause(e);
  EXPECT_EQ(StateOfEnrollment(e), v1::ENROLLMENT_STATE_PAUSED);
  EXPECT_FALSE(IsStored("r-1")) << "what cannot be used is not kept";
}

TEST_F(IdempotencyTest, EndingAndCompletingTwiceAnswersTheSame) {
  const std::string enrollment = Good(Create()).enrollment().name();
  v1::CompleteReminderRequest complete;
  complete.set_name(enrollment + "/reminders/task.2029-03-03");
  complete.set_request_id("r-3");
  const auto completed = Good(world_.Call(&Engine::reminders, &Reminders::Complete, complete));
  v1::EndEnrollmentRequest end;
  end.set_name(enrollment);
  end.set_reason(v1::END_REASON_COMPLETED);
  end.set_request_id("r-2");
  const auto ended = Good(world_.Call(&Engine::enrollments, &Enrollments::End, end));
  EXPECT_EQ(Good(world_.Call(&Engine::enrollments, &Enrollments::End, end)).DebugString(), ended.DebugString());
  EXPECT_EQ(Good(world_.Call(&Engine::reminders, &Reminders::Complete, complete)).DebugString(),
            completed.DebugString());
}

TEST_F(IdempotencyTest, CreatingAClinicOrAPathwayTwiceAnswersTheSame) {
  v1::CreateClinicRequest clinic;
  clinic.set_clinic_id("south");
  clinic.set_request_id("r-1");
  clinic.mutable_clinic()->set_display_name("South");
  clinic.mutable_clinic()->set_time_zone("UTC");
  const auto created = Good(world_.Call(&Engine::clinics, &Clinics::Create, clinic));
  EXPECT_EQ(Good(world_.Call(&Engine::clinics, &Clinics::Create, clinic)).DebugString(), created.DebugString());
  v1::CreatePathwayRequest pathway;
  pathway.set_parent("clinics/south");
  pathway.set_pathway_id("knee");
  pathway.set_request_id("r-2");
  *pathway.mutable_pathway() = KneePathway();
  const auto stored = Good(world_.Call(&Engine::pathways, &Pathways::Create, pathway));
  EXPECT_EQ(Good(world_.Call(&Engine::pathways, &Pathways::Create, pathway)).DebugString(), stored.DebugString());
}

}  // namespace
}  // namespace aftercare::engine
