#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kIce[] = "clinics/box/enrollments/e/reminders/ice.2029-03-02-0900";
constexpr char kTask[] = "clinics/box/enrollments/e/reminders/task.2029-03-03";

class CompleteTest : public SandboxFixture {
 protected:
  CompleteTest() { world_.Enrol("box", "e", KneePatient("box")); }

  int EventsOf(const std::string& name) {
    int count = 0;
    for (const v1::Event& event : world_.Events("box")) count += event.reminder().name() == name;
    return count;
  }
};

TEST_F(CompleteTest, WhatIsDoneBeforeItIsDueIsNeverSent) {
  ASSERT_TRUE(world_.Complete(kIce).ok());
  EXPECT_EQ(world_.StateOf(kIce), "COMPLETED");
  EXPECT_EQ(world_.Advance("box", At("2029-03-02T14:00")).fired_count(), 0);
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  EXPECT_EQ(world_.StateOf(kIce), "COMPLETED");
  EXPECT_EQ(EventsOf(kIce), 1);
  EXPECT_EQ(world_.Advance("box", At("2029-03-02T15:00")).fired_count(), 1) << "the others come due as before";
}

TEST_F(CompleteTest, WhatIsDoneKeepsItsDueTimeAndSaysWhen) {
  world_.Advance("box", At("2029-03-01T12:00"));
  ASSERT_TRUE(world_.Complete(kIce).ok());
  const v1::Reminder reminder = Good(world_.Get(kIce));
  EXPECT_EQ(plan::ToTime(reminder.due_time()), At("2029-03-02T09:00"));
  EXPECT_EQ(plan::ToTime(reminder.state_time()), At("2029-03-01T12:00"));
}

TEST_F(CompleteTest, ATaskIsCompletedWhenItIsDueOrLater) {
  world_.Advance("box", At("2029-05-01T00:00"));
  ASSERT_TRUE(world_.Complete(kTask).ok());
  EXPECT_EQ(world_.StateOf(kTask), "COMPLETED");
}

TEST_F(CompleteTest, AMessageThatIsDueOrLeasedOrSentIsCompleted) {
  world_.Advance("box", At("2029-03-02T09:00"));
  ASSERT_TRUE(world_.Complete(kIce).ok());
  EXPECT_THAT(world_.Lease("box"), IsEmpty());

  world_.Advance("box", At("2029-03-02T15:00"));
  const std::vector<v1::Lease> leased = world_.Lease("box");
  ASSERT_THAT(leased, SizeIs(1));
  ASSERT_TRUE(world_.Complete(leased[0].reminder()).ok());
  EXPECT_EQ(ErrorOf(world_.Report(leased[0].lease_id(), v1::DELIVERY_OUTCOME_RELEASED).status()),
            "FAILED_PRECONDITION/LEASE_LOST");
  EXPECT_EQ(world_.StateOf(leased[0].reminder()), "COMPLETED");

  world_.Advance("box", At("2029-03-03T09:00"));
  const std::vector<v1::Lease> sent = world_.Lease("box");
  ASSERT_THAT(sent, SizeIs(1));
  world_.Report(sent[0].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  ASSERT_TRUE(world_.Complete(sent[0].reminder()).ok());
  EXPECT_EQ(world_.StateOf(sent[0].reminder()), "COMPLETED");
}

TEST_F(CompleteTest, CompletingTwiceIsOneCompletion) {
  ASSERT_TRUE(world_.Complete(kTask).ok());
  ASSERT_TRUE(world_.Complete(kTask).ok());
  world_.Advance("box", At("2029-04-01T00:00"));
  ASSERT_TRUE(world_.Complete(kTask).ok());
  EXPECT_EQ(EventsOf(kTask), 1);
  EXPECT_EQ(plan::ToTime(Good(world_.Get(kTask)).state_time()), At("2029-03-01T08:00"));
}

TEST_F(CompleteTest, WhatEndedOtherwiseCannotBeCompleted) {
  world_.Advance("box", At("2029-03-02T13:00"));
  EXPECT_EQ(ErrorOf(world_.Complete(kIce)), "FAILED_PRECONDITION/INVALID_TRANSITION");
  EXPECT_EQ(world_.StateOf(kIce), "EXPIRED/WINDOW_CLOSED");

  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  EXPECT_EQ(ErrorOf(world_.Complete(kTask)), "FAILED_PRECONDITION/INVALID_TRANSITION");
  EXPECT_EQ(world_.StateOf(kTask), "CANCELLED/ENROLLMENT_ENDED");
}

TEST_F(CompleteTest, WhatWasLateAtEnrollmentCannotBeCompleted) {
  world_.Advance("box", At("2029-03-03T00:00"));
  world_.Enrol("box", "late", KneePatient("box"));
  const std::string ice = "clinics/box/enrollments/late/reminders/ice.2029-03-02-0900";
  EXPECT_EQ(ErrorOf(world_.Complete(ice)), "FAILED_PRECONDITION/INVALID_TRANSITION");
  EXPECT_EQ(world_.StateOf(ice), "EXPIRED/LATE_ENROLLMENT");
}

TEST_F(CompleteTest, WhatDoesNotExistIsNotFound) {
  for (const char* name : {"clinics/box/enrollments/e/reminders/ice.7", "clinics/box/enrollments/e/reminders/rest.1"}) {
    EXPECT_EQ(ErrorOf(world_.Complete(name)), "NOT_FOUND/REMINDER_NOT_FOUND");
    EXPECT_EQ(ErrorOf(world_.Get(name).status()), "NOT_FOUND/REMINDER_NOT_FOUND");
  }
  EXPECT_EQ(ErrorOf(world_.Complete("clinics/box/enrollments/f/reminders/ice.2029-03-02-0900")),
            "NOT_FOUND/ENROLLMENT_NOT_FOUND");
  EXPECT_EQ(ErrorOf(world_.Complete("clinics/west/enrollments/e/reminders/ice.2029-03-02-0900")),
            "NOT_FOUND/CLINIC_NOT_FOUND");
  EXPECT_EQ(ErrorOf(world_.Complete("clinics/box/enrollments/e/reminders/ice.01")), "INVALID_ARGUMENT/INVALID_FIELDS");
  EXPECT_EQ(ErrorOf(world_.Get("nothing").status()), "INVALID_ARGUMENT/INVALID_FIELDS");
}

TEST_F(CompleteTest, ARuleThatDoesNotApplyToThePatientHasNoReminders) {
  v1::Pathway pathway = KneePathway();
  *pathway.add_factors() = FromText<v1::Factor>(R"(id: "smoker" values: "true")");
  *pathway.mutable_rules(0)->add_conditions() = FromText<v1::Condition>(R"(factor: "smoker" values: "true")");
  world_.CreatePathway("box", "smokers", pathway);
  v1::Enrollment patient = KneePatient("box");
  patient.set_pathway("clinics/box/pathways/smokers");
  const std::string name = world_.Enrol("box", "no-smoker", patient) + "/reminders/ice.2029-03-02-0900";
  EXPECT_EQ(ErrorOf(world_.Complete(name)), "NOT_FOUND/REMINDER_NOT_FOUND");
}

}  // namespace
}  // namespace aftercare::engine
