// Somebody of the care team says that they see to a task.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/engine/clinic_fixture.h"
#include "tests/engine/lifecycle/escalating.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kCall[] = "call.2029-03-02";
constexpr char kAtOnce[] = "DUE nurse ROUTINE step 0 by 03-02T12:00 acknowledged 03-02T11:00";

class AcknowledgeTest : public SandboxFixture {
 protected:
  AcknowledgeTest() : SandboxFixture({.pathway_id = "days", .pathway = EscalatingPathway()}) {
    world_.Enrol("box", "e", DaysPatient("box"));
  }

  std::string Acknowledged(const std::string& id = kCall) { return TaskOf(Good(Acknowledge(world_, Name(id)))); }
  std::string ErrorFor(const std::string& id) { return ErrorOf(Acknowledge(world_, Name(id)).status()); }
  std::string Shown(const std::string& id = kCall) { return TaskOf(Good(world_.Get(Name(id)))); }
  std::vector<std::string> Events(const std::string& id = kCall) { return TaskEvents(world_, "box", id); }
};

TEST_F(AcknowledgeTest, AnAcknowledgedTaskStaysDueAndEscalatesNoFurther) {
  Until("2029-03-02T11:00");
  EXPECT_EQ(Acknowledged(), kAtOnce);
  Until("2029-03-20T00:00");
  EXPECT_EQ(Shown(), kAtOnce);
  EXPECT_THAT(Events(), ElementsAre("03-02T10:00 DUE nurse ROUTINE step 0 by 03-02T12:00",
                                    absl::StrCat("03-02T11:00 ", kAtOnce, " by ", Operator().principal)));
  world_.ExpectListsAgree("box");
}

TEST_F(AcknowledgeTest, ATaskThatHasGoneAStepStaysThereWhenItIsAcknowledged) {
  Until("2029-03-02T12:30");
  const std::string shown = "DUE on-call URGENT step 1 by 03-02T13:00 acknowledged 03-02T12:30";
  EXPECT_EQ(Acknowledged(), shown);
  Until("2029-03-20T00:00");
  EXPECT_EQ(Shown(), shown);
  EXPECT_THAT(Events(), SizeIs(3));
}

TEST_F(AcknowledgeTest, AcknowledgingAgainChangesNothing) {
  Until("2029-03-02T11:00");
  Acknowledged();
  Until("2029-03-02T11:30");
  EXPECT_EQ(Acknowledged(), kAtOnce);
  EXPECT_THAT(Events(), SizeIs(2));
}

TEST_F(AcknowledgeTest, ATaskThatIsDoneKeepsWhenItWasAcknowledgedAndCannotBeAnyMore) {
  Until("2029-03-02T11:00");
  Acknowledged();
  ASSERT_TRUE(world_.Complete(Name(kCall)).ok());
  EXPECT_EQ(Acknowledged(), "COMPLETED nurse ROUTINE step 0 by 03-02T12:00 acknowledged 03-02T11:00");
  ASSERT_TRUE(world_.Complete(Name("note.2029-03-02")).ok());
  EXPECT_EQ(Acknowledged("note.2029-03-02"), "COMPLETED nurse URGENT step 0 by 03-02T12:00");
  EXPECT_THAT(Events("note.2029-03-02"), SizeIs(2));
}

TEST_F(AcknowledgeTest, ATaskWithoutStepsCanBeAcknowledgedToo) {
  Until("2029-03-05T00:00");
  EXPECT_EQ(Acknowledged("note.2029-03-02"),
            "DUE nurse URGENT step 0 by 03-02T12:00 acknowledged 03-05T00:00");
}

TEST_F(AcknowledgeTest, ATaskOfAPausedPatientCanBeAcknowledged) {
  Until("2029-03-02T10:30");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  Until("2029-03-02T11:00");
  EXPECT_EQ(Acknowledged(), kAtOnce);
  Until("2029-03-20T00:00");
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Shown(), kAtOnce);
}

TEST_F(AcknowledgeTest, OneRequestIsDoneOnce) {
  Until("2029-03-02T11:00");
  const v1::Reminder first = Good(Acknowledge(world_, Name(kCall), "r1"));
  ASSERT_TRUE(world_.Complete(Name(kCall)).ok());
  EXPECT_EQ(Good(Acknowledge(world_, Name(kCall), "r1")).SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(ErrorOf(Acknowledge(world_, Name("note.2029-03-02"), "r1").status()), "ALREADY_EXISTS/REQUEST_ID_REUSED");
}

TEST_F(AcknowledgeTest, AMessageIsNoTaskWhateverItsState) {
  EXPECT_EQ(ErrorFor("msg.2029-03-02"), "FAILED_PRECONDITION/NOT_A_TASK");
  Until("2029-03-02T09:00");
  EXPECT_EQ(ErrorFor("msg.2029-03-02"), "FAILED_PRECONDITION/NOT_A_TASK");
  Until("2029-03-20T00:00");
  EXPECT_EQ(ErrorFor("msg.2029-03-02"), "FAILED_PRECONDITION/NOT_A_TASK");
}

TEST_F(AcknowledgeTest, ATaskThatIsNotDueYetOrHasEndedIsRefused) {
  EXPECT_EQ(ErrorFor(kCall), "FAILED_PRECONDITION/INVALID_TRANSITION");
  ASSERT_TRUE(world_.Move(Name(kCall), At("2029-03-05T08:00")).ok());
  EXPECT_EQ(ErrorFor(kCall), "FAILED_PRECONDITION/INVALID_TRANSITION") << "it is moved, and has a row";
  ASSERT_TRUE(world_.Cancel(Name(kCall)).ok());
  EXPECT_EQ(ErrorFor(kCall), "FAILED_PRECONDITION/INVALID_TRANSITION");
  Until("2029-03-02T10:00");
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  EXPECT_EQ(ErrorFor("note.2029-03-02"), "FAILED_PRECONDITION/INVALID_TRANSITION");
  EXPECT_EQ(Shown("note.2029-03-02"), "CANCELLED/ENROLLMENT_ENDED nurse URGENT step 0 by 03-02T12:00");
}

TEST_F(AcknowledgeTest, WhatDoesNotExistIsNotFound) {
  EXPECT_EQ(ErrorFor("call.2029-03-03"), "NOT_FOUND/REMINDER_NOT_FOUND");
  EXPECT_EQ(ErrorOf(Acknowledge(world_, Name(kCall, "nobody")).status()), "NOT_FOUND/ENROLLMENT_NOT_FOUND");
  EXPECT_EQ(ErrorOf(Acknowledge(world_, "clinics/west/enrollments/e/reminders/call.2029-03-02").status()),
            "NOT_FOUND/CLINIC_NOT_FOUND");
  const absl::Status malformed = Acknowledge(world_, "a task", "no id!").status();
  EXPECT_EQ(ErrorOf(malformed), "INVALID_ARGUMENT/INVALID_FIELDS");
  EXPECT_THAT(BadFields(malformed), ElementsAre("name", "request_id"));
}

class RealTimeAcknowledgeTest : public RealTimeFixture {
 protected:
  RealTimeAcknowledgeTest() : RealTimeFixture({.pathway_id = "days", .pathway = EscalatingPathway()}) {
    world_.Enrol("north", "e", DaysPatient("north"));
  }
};

TEST_F(RealTimeAcknowledgeTest, AnAcknowledgedTaskStaysSoAcrossRestarts) {
  world_.MoveTo(At("2029-03-02T11:00"));
  Good(Acknowledge(world_, Name(kCall)));
  world_.Stop();
  world_.clock().Set(At("2029-03-09T00:00"));
  world_.Start();
  world_.Settle();
  EXPECT_EQ(TaskOf(Good(world_.Get(Name(kCall)))), kAtOnce);
}

// The sweep may come before the call or after it.
TEST_F(RealTimeAcknowledgeTest, WhatIsOverdueEscalatesBeforeItIsAcknowledgedOrDone) {
  world_.Enrol("north", "f", DaysPatient("north"));
  world_.MoveTo(At("2029-03-02T11:00"));
  world_.clock().Set(At("2029-03-02T13:10"));
  EXPECT_EQ(TaskOf(Good(Acknowledge(world_, Name(kCall)))),
            "DUE on-call EMERGENCY step 2 by 03-02T13:30 acknowledged 03-02T13:10");
  ASSERT_TRUE(world_.Complete(Name(kCall, "f")).ok());
  EXPECT_EQ(TaskOf(Good(world_.Get(Name(kCall, "f")))), "COMPLETED on-call EMERGENCY step 2 by 03-02T13:30");
  world_.Settle();
  EXPECT_THAT(TaskEvents(world_, "north", kCall), SizeIs(4));
}

TEST_F(RealTimeAcknowledgeTest, ATaskThatHasJustComeDueCanBeAcknowledgedEvenIfTheSweepIsLate) {
  world_.clock().Set(At("2029-03-02T10:00"));
  EXPECT_EQ(TaskOf(Good(Acknowledge(world_, Name(kCall)))),
            "DUE nurse ROUTINE step 0 by 03-02T12:00 acknowledged 03-02T10:00");
}

}  // namespace
}  // namespace aftercare::engine
