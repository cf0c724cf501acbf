// Groups: what an answer to one reminder makes of the others.
#include "scheduler/engine/replies/groups.h"

#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;

class EngineGroupsTest : public Replying {
 protected:
  EngineGroupsTest() { world_.Enrol("box", "e", Patient()); }

  // How ask.2029-03-02 to ask.2029-03-08 and their nudges stand, in short: `ANSWERED` for CANCELLED/ANSWERED.
  std::string Group() {
    std::string all;
    for (const char* day : {"02", "04", "06", "08"}) {
      for (const char* rule : {"ask", "nudge"}) {
        std::string standing = Of(absl::StrCat(rule, ".2029-03-", day));
        if (standing.rfind("CANCELLED/", 0) == 0) standing = standing.substr(10);
        absl::StrAppend(&all, all.empty() ? "" : " ", standing);
      }
    }
    return all;
  }
};

TEST_F(EngineGroupsTest, AnAnswerEndsWhatIsUnsentOfItsInstanceAndWhatWouldBeginTooSoon) {
  SendUntil("2029-03-02T09:00");
  Until("2029-03-02T10:00");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
  // The third begins on the sixth, more than two days later.
  EXPECT_EQ(Group(), "COMPLETED/ANSWERED ANSWERED SILENCED SILENCED SCHEDULED SCHEDULED SCHEDULED SCHEDULED");
  world_.ExpectListsAgree("box");
  for (const char* day : {"02", "03", "04", "05"}) SendUntil(absl::StrCat("2029-03-", day, "T23:00"));
  EXPECT_EQ(Group(), "COMPLETED/ANSWERED ANSWERED SILENCED SILENCED SCHEDULED SCHEDULED SCHEDULED SCHEDULED");
  EXPECT_THAT(SendUntil("2029-03-06T09:00"), ElementsAre("ask.2029-03-06 by sms"));
  world_.ExpectListsAgree("box");
}

TEST_F(EngineGroupsTest, AnInstanceThatBeginsWithTheLastInstantOfTheSilenceEndsToo) {
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");  // To the fourth, 09:00, when the next begins.
  EXPECT_EQ(Group(), "COMPLETED/ANSWERED ANSWERED SILENCED SILENCED SCHEDULED SCHEDULED SCHEDULED SCHEDULED");
}

TEST_F(EngineGroupsTest, WhatIsWithAGatewayEndsToo) {
  SendUntil("2029-03-02T09:00");
  Until("2029-03-02T18:00");
  const auto leases = world_.Lease("box");
  EXPECT_EQ(Of("nudge.2029-03-02"), "LEASED");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
  EXPECT_EQ(Of("nudge.2029-03-02"), "CANCELLED/ANSWERED");
  for (const v1::Lease& lease : leases) {
    if (IdOf(lease.reminder()) != "nudge.2029-03-02") continue;
    EXPECT_EQ(ErrorOf(world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE).status()),
              "FAILED_PRECONDITION/LEASE_LOST");
    EXPECT_EQ(world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT).state(), v1::REMINDER_STATE_SENT);
  }
}

TEST_F(EngineGroupsTest, AnAnswerToTheNudgeEndsTheCheckInThatWaits) {
  Until("2029-03-02T09:00");
  ASSERT_TRUE(world_.Complete(Name("nudge.2029-03-02")).ok());
  EXPECT_EQ(Group(), "ANSWERED COMPLETED SILENCED SILENCED SCHEDULED SCHEDULED SCHEDULED SCHEDULED");
}

TEST_F(EngineGroupsTest, ALaterInstanceThatWaitsEndsWholeAndWhatWasSentOfItStays) {
  SendUntil("2029-03-02T18:00");
  SendUntil("2029-03-04T09:00");
  Until("2029-03-04T18:00");
  EXPECT_EQ(Reply("7", absl::StrCat("reminder: '", Name("ask.2029-03-02"), "'")), "ANSWER 7 of ask.2029-03-02 in e");
  EXPECT_EQ(Group(), "COMPLETED/ANSWERED SENT SENT SILENCED SILENCED SILENCED SCHEDULED SCHEDULED");
}

TEST_F(EngineGroupsTest, AnEarlierInstanceIsLeftAlone) {
  SendUntil("2029-03-02T12:00");  // The nudge of the first is not sent yet,
  ASSERT_TRUE(world_.Move(Name("nudge.2029-03-02"), At("2029-03-05T12:00")).ok());
  SendUntil("2029-03-04T12:00");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-04 in e");
  EXPECT_EQ(Group(), "SENT SCHEDULED COMPLETED/ANSWERED ANSWERED SILENCED SILENCED SCHEDULED SCHEDULED");
}

TEST_F(EngineGroupsTest, AMovedReminderIsSilencedByWhenItIsDue) {
  SendUntil("2029-03-02T09:00");
  ASSERT_TRUE(world_.Move(Name("ask.2029-03-04"), At("2029-03-07T12:00")).ok());
  ASSERT_TRUE(world_.Move(Name("nudge.2029-03-04"), At("2029-03-07T13:00")).ok());
  Until("2029-03-02T10:00");
  Reply("7");
  EXPECT_EQ(Group(), "COMPLETED/ANSWERED ANSWERED SCHEDULED SCHEDULED SCHEDULED SCHEDULED SCHEDULED SCHEDULED");
  world_.ExpectListsAgree("box");
}

TEST_F(EngineGroupsTest, CompletingForThePatientCountsAsAnAnswerOnce) {
  Until("2029-03-02T10:00");
  ASSERT_TRUE(world_.Complete(Name("ask.2029-03-02")).ok());
  EXPECT_EQ(Group(), "COMPLETED ANSWERED SILENCED SILENCED SCHEDULED SCHEDULED SCHEDULED SCHEDULED");
  Until("2029-03-05T10:00");
  ASSERT_TRUE(world_.Complete(Name("ask.2029-03-02")).ok());
  EXPECT_EQ(Of("ask.2029-03-06"), "SCHEDULED") << "done again it is no new answer";
}

TEST_F(EngineGroupsTest, CompletingAheadOfTimeCountsToo) {
  ASSERT_TRUE(world_.Complete(Name("ask.2029-03-04")).ok());  // On the first of March: silence to the third.
  EXPECT_EQ(Group(), "SCHEDULED SCHEDULED COMPLETED ANSWERED SCHEDULED SCHEDULED SCHEDULED SCHEDULED");
  world_.ExpectListsAgree("box");
}

TEST_F(EngineGroupsTest, RemindersOfNoGroupConcernNoOther) {
  SendUntil("2029-03-02T12:00");
  EXPECT_EQ(Reply("done"), "ANSWER of walk.2029-03-02 in e");
  EXPECT_EQ(Of("walk.2029-03-03"), "SCHEDULED");
  EXPECT_EQ(Of("nudge.2029-03-02"), "SCHEDULED");
}

TEST_F(EngineGroupsTest, WhatWasEndedDoesNotComeBackWithAChangedPlan) {
  SendUntil("2029-03-02T09:00");
  Until("2029-03-02T10:00");
  Reply("7");
  world_.Update("clinics/box/enrollments/e", "time_zone: 'Europe/Paris'");  // an hour ahead of UTC
  // What ended keeps its old time; by the new clock it has another name (`nudge.2029-03-02~2`), and has ended as well.
  EXPECT_THAT(All("ask"), ElementsAre("COMPLETED/ANSWERED 2029-03-02T09:00", "CANCELLED/SILENCED 2029-03-04T09:00",
                                      "CANCELLED/SILENCED 2029-03-04T08:00", "SCHEDULED 2029-03-06T08:00",
                                      "SCHEDULED 2029-03-08T08:00", "SCHEDULED 2029-03-10T08:00"));
  EXPECT_THAT(All("nudge"), ElementsAre("CANCELLED/ANSWERED 2029-03-02T18:00", "CANCELLED/ANSWERED 2029-03-02T17:00",
                                        "CANCELLED/SILENCED 2029-03-04T18:00", "CANCELLED/SILENCED 2029-03-04T17:00",
                                        "SCHEDULED 2029-03-06T17:00", "SCHEDULED 2029-03-08T17:00",
                                        "SCHEDULED 2029-03-10T17:00"));
  world_.ExpectListsAgree("box");
  EXPECT_THAT(SendUntil("2029-03-02T23:00"), ElementsAre("walk.2029-03-02 by sms", "tip.2029-03-02 by sms"));
  EXPECT_THAT(SendUntil("2029-03-03T23:00"), ElementsAre("walk.2029-03-03 by sms", "tip.2029-03-03 by sms"));
  EXPECT_THAT(SendUntil("2029-03-04T23:00"), ElementsAre("walk.2029-03-04 by sms", "tip.2029-03-04 by sms"));
  EXPECT_EQ(Group(), "COMPLETED/ANSWERED ANSWERED SILENCED SILENCED SCHEDULED SCHEDULED SCHEDULED SCHEDULED");
  world_.ExpectListsAgree("box");
}

TEST_F(EngineGroupsTest, TheLastAnswerToAnInstanceSilencesAfterAChangedPlanToo) {
  SendUntil("2029-03-02T19:00");
  ASSERT_TRUE(world_.Complete(Name("ask.2029-03-02")).ok());
  Until("2029-03-05T10:00");
  ASSERT_TRUE(world_.Complete(Name("nudge.2029-03-02")).ok());
  EXPECT_EQ(Group(), "COMPLETED COMPLETED SILENCED SILENCED SILENCED SILENCED SCHEDULED SCHEDULED");
  world_.Update("clinics/box/enrollments/e", "time_zone: 'Africa/Abidjan'");  // as UTC
  EXPECT_EQ(Group(), "COMPLETED COMPLETED SILENCED SILENCED SILENCED SILENCED SCHEDULED SCHEDULED");
}

TEST_F(EngineGroupsTest, APostponedProcedureAsksAnewAndWhatWasEndedStaysEnded) {
  SendUntil("2029-03-02T09:00");
  Until("2029-03-02T10:00");
  Reply("7");
  world_.Update("clinics/box/enrollments/e", "procedure_date: '2029-03-08'");
  EXPECT_THAT(All("ask"), ElementsAre("COMPLETED/ANSWERED 2029-03-02T09:00", "CANCELLED/SILENCED 2029-03-04T09:00",
                                      "SCHEDULED 2029-03-09T09:00", "SCHEDULED 2029-03-11T09:00",
                                      "SCHEDULED 2029-03-13T09:00", "SCHEDULED 2029-03-15T09:00",
                                      "SCHEDULED 2029-03-17T09:00"));
  EXPECT_THAT(All("nudge"), ElementsAre("CANCELLED/ANSWERED 2029-03-02T18:00", "CANCELLED/SILENCED 2029-03-04T18:00",
                                        "SCHEDULED 2029-03-09T18:00", "SCHEDULED 2029-03-11T18:00",
                                        "SCHEDULED 2029-03-13T18:00", "SCHEDULED 2029-03-15T18:00",
                                        "SCHEDULED 2029-03-17T18:00"));
  world_.ExpectListsAgree("box");
  Until("2029-03-12T09:00");
  EXPECT_EQ(Of("ask.2029-03-04"), "CANCELLED/SILENCED");
  EXPECT_EQ(Of("ask.2029-03-11"), "DUE");
}

TEST_F(EngineGroupsTest, WhatWasEndedIsNeitherRestoredNorCancelledNorCompleted) {
  SendUntil("2029-03-02T09:00");
  Reply("7");
  EXPECT_EQ(ErrorOf(world_.Restore(Name("nudge.2029-03-02"))), "FAILED_PRECONDITION/NOT_ADJUSTED");
  EXPECT_EQ(ErrorOf(world_.Cancel(Name("nudge.2029-03-02"))), "FAILED_PRECONDITION/INVALID_TRANSITION");
  EXPECT_EQ(ErrorOf(world_.Complete(Name("nudge.2029-03-02"))), "FAILED_PRECONDITION/INVALID_TRANSITION");
}

TEST_F(EngineGroupsTest, InAPausedEnrollmentAnAnswerCountsAsWell) {
  SendUntil("2029-03-02T09:00");
  Until("2029-03-02T10:00");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
  EXPECT_EQ(Group(), "COMPLETED/ANSWERED ANSWERED SILENCED SILENCED SCHEDULED SCHEDULED SCHEDULED SCHEDULED");
  Until("2029-03-05T10:00");
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  EXPECT_EQ(Of("ask.2029-03-04"), "CANCELLED/SILENCED");
  world_.ExpectListsAgree("box");
}

TEST_F(EngineGroupsTest, WhatLostItsWindowBeforeTheAnswerKeepsThatReason) {
  SendUntil("2029-03-02T09:00");
  Until("2029-03-04T00:00");  // The nudge's window is over.
  EXPECT_EQ(Of("nudge.2029-03-02"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
  EXPECT_EQ(Of("nudge.2029-03-02"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(Of("ask.2029-03-04"), "CANCELLED/SILENCED");
}

TEST_F(EngineGroupsTest, AnAnswerInRealTimeEndsWhatTheSweepHasNotComeTo) {
  world_.CreateClinic("real");
  world_.CreatePathway("real", "asks", AsksPathway());
  v1::Enrollment patient = Patient();
  patient.set_pathway("clinics/real/pathways/asks");
  const std::string enrollment = world_.Enrol("real", "r", patient);
  world_.MoveTo(At("2029-03-02T09:00"));
  for (const v1::Lease& lease : world_.Lease("real")) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
  world_.MoveTo(At("2029-03-02T20:00"));
  auto request = ReplyRequest("7");
  request.set_parent("clinics/real");
  EXPECT_EQ(Told(Good(TryReply(request))), "ANSWER 7 of ask.2029-03-02 in r");
  EXPECT_EQ(world_.StateOf(enrollment + "/reminders/nudge.2029-03-02"), "CANCELLED/ANSWERED");
  world_.MoveTo(At("2029-03-06T09:00"));
  EXPECT_EQ(world_.StateOf(enrollment + "/reminders/ask.2029-03-04"), "CANCELLED/SILENCED");
  EXPECT_EQ(world_.StateOf(enrollment + "/reminders/ask.2029-03-06"), "DUE");
  world_.ExpectListsAgree("real");
}

TEST_F(EngineGroupsTest, WithoutSilenceLaterInstancesStay) {
  v1::Pathway pathway = AsksPathway();
  pathway.mutable_groups(0)->clear_silence();
  world_.CreatePathway("box", "loud", pathway);
  v1::Enrollment patient = Patient("p-2");
  patient.set_pathway("clinics/box/pathways/loud");
  patient.mutable_contact_points(0)->set_address("+15550111");
  world_.Enrol("box", "l", patient);
  Until("2029-03-04T10:00");
  ASSERT_TRUE(world_.Complete(Name("ask.2029-03-04", "l")).ok());
  EXPECT_EQ(Of("nudge.2029-03-04", "l"), "CANCELLED/ANSWERED");
  EXPECT_EQ(Of("ask.2029-03-06", "l"), "SCHEDULED");
}

}  // namespace
}  // namespace aftercare::engine
