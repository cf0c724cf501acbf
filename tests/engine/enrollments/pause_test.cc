// Pausing and resuming: nothing comes due in between, and what becomes of what would have.
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

constexpr char kEnrollment[] = "clinics/box/enrollments/e";

// Enrolled on 1 March at 08:00.
class PauseTest : public SandboxFixture {
 protected:
  PauseTest() : SandboxFixture({.pathway_id = "days", .pathway = DaysPathway()}) {
    world_.Enrol("box", "e", DaysPatient("box"));
  }

  void Pause() { ASSERT_TRUE(world_.Pause(kEnrollment).ok()); }
  void Resume() { ASSERT_TRUE(world_.Resume(kEnrollment).ok()); }
};

TEST_F(PauseTest, NothingComesDueWhilePausedAndWhatIsStillOpenIsDueWhenResumed) {
  Until("2029-03-02T08:30");
  Pause();
  Until("2029-03-03T12:30");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  EXPECT_THAT(All("msg"), ElementsAre("SCHEDULED 2029-03-02T09:00", "SCHEDULED 2029-03-03T09:00",
                                      "SCHEDULED 2029-03-04T09:00", "SCHEDULED 2029-03-05T09:00"));
  EXPECT_EQ(Of("task.2029-03-02"), "SUPPRESSED/PAUSED 2029-03-02T10:00");
  world_.ExpectListsAgree("box");
  Resume();
  EXPECT_THAT(All("msg"), ElementsAre("DUE 2029-03-03T12:30", "DUE 2029-03-03T12:30", "SCHEDULED 2029-03-04T09:00",
                                      "SCHEDULED 2029-03-05T09:00"));
  EXPECT_THAT(All("task"), ElementsAre("SUPPRESSED/PAUSED 2029-03-02T10:00", "SUPPRESSED/PAUSED 2029-03-03T10:00",
                                       "SCHEDULED 2029-03-04T10:00", "SCHEDULED 2029-03-05T10:00"));
  EXPECT_THAT(world_.Lease("box"), SizeIs(2));
  world_.ExpectListsAgree("box");
  Until("2029-03-04T09:00");
  EXPECT_THAT(world_.Lease("box"), SizeIs(3)) << "those of before, whose leases ran out, and the next";
  world_.ExpectListsAgree("box");
}

TEST_F(PauseTest, WhatClosesWhilePausedIsSuppressedWhenItCloses) {
  Until("2029-03-02T08:30");
  Pause();
  Until("2029-03-04T23:59");
  EXPECT_EQ(Of("msg.2029-03-02"), "SCHEDULED 2029-03-02T09:00");
  Until("2029-03-05T00:00");
  EXPECT_EQ(Of("msg.2029-03-02"), "SUPPRESSED/PAUSED 2029-03-02T09:00");
  EXPECT_EQ(plan::ToTime(Good(world_.Get(absl::StrCat(kEnrollment, "/reminders/msg.2029-03-02"))).state_time()),
            At("2029-03-05T00:00"));
  world_.ExpectListsAgree("box");
  Until("2029-03-05T07:00");
  Resume();
  EXPECT_EQ(Of("msg.2029-03-02"), "SUPPRESSED/PAUSED 2029-03-02T09:00");
  EXPECT_EQ(Of("msg.2029-03-03"), "DUE 2029-03-05T07:00");
  world_.ExpectListsAgree("box");
}

TEST_F(PauseTest, WhatIsDueIsHeldBackAndOfferedAgainWhenResumed) {
  Until("2029-03-02T09:30");
  Pause();
  EXPECT_EQ(Of("msg.2029-03-02"), "DUE 2029-03-02T09:00");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  Until("2029-03-02T20:00");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  Resume();
  EXPECT_THAT(world_.Lease("box"), SizeIs(1));
}

TEST_F(PauseTest, WhatIsDueAndClosesWhilePausedIsSuppressedToo) {
  Until("2029-03-02T09:30");
  Pause();
  Until("2029-03-05T00:00");
  EXPECT_EQ(Of("msg.2029-03-02"), "SUPPRESSED/PAUSED 2029-03-02T09:00");
  world_.ExpectListsAgree("box");
}

TEST_F(PauseTest, ATaskThatIsDueStaysDue) {
  Until("2029-03-02T10:30");
  Pause();
  Until("2029-03-10T00:00");
  EXPECT_EQ(Of("task.2029-03-02"), "DUE 2029-03-02T10:00");
  EXPECT_TRUE(world_.Complete(absl::StrCat(kEnrollment, "/reminders/task.2029-03-02")).ok());
}

TEST_F(PauseTest, OfALeaseOnlySentIsAcceptedOncePaused) {
  Until("2029-03-02T09:30");
  const std::vector<v1::Lease> leased = world_.Lease("box");
  ASSERT_THAT(leased, SizeIs(1));
  Pause();
  EXPECT_EQ(ErrorOf(world_.Report(leased[0].lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE).status()),
            "FAILED_PRECONDITION/LEASE_LOST");
  EXPECT_EQ(ErrorOf(world_.Report(leased[0].lease_id(), v1::DELIVERY_OUTCOME_SENT).status()), "OK");
  Until("2029-03-03T09:00");
  Resume();
  EXPECT_EQ(Of("msg.2029-03-02"), "SENT 2029-03-02T09:00");
}

TEST_F(PauseTest, SentIsAcceptedAlsoOfWhatAPauseSuppressed) {
  Until("2029-03-02T09:30");
  const std::vector<v1::Lease> leased = world_.Lease("box");
  Pause();
  Until("2029-03-06T00:00");
  EXPECT_EQ(Of("msg.2029-03-02"), "SUPPRESSED/PAUSED 2029-03-02T09:00");
  EXPECT_EQ(ErrorOf(world_.Report(leased.at(0).lease_id(), v1::DELIVERY_OUTCOME_SENT).status()), "OK");
  EXPECT_EQ(Of("msg.2029-03-02"), "SENT 2029-03-02T09:00");
}

TEST_F(PauseTest, EndingAPausedEnrollmentEndsWhatWasHeldBack) {
  Until("2029-03-02T08:30");
  Pause();
  Until("2029-03-03T12:30");
  ASSERT_TRUE(world_.End(kEnrollment).ok());
  EXPECT_THAT(All("msg"), ElementsAre("CANCELLED/ENROLLMENT_ENDED 2029-03-03T12:30",
                                      "CANCELLED/ENROLLMENT_ENDED 2029-03-03T12:30",
                                      "CANCELLED/ENROLLMENT_ENDED 2029-03-04T09:00",
                                      "CANCELLED/ENROLLMENT_ENDED 2029-03-05T09:00"));
  EXPECT_EQ(Of("task.2029-03-02"), "SUPPRESSED/PAUSED 2029-03-02T10:00");
  world_.ExpectListsAgree("box");
}

TEST_F(PauseTest, EachPauseCountsForItself) {
  Until("2029-03-02T08:30");
  Pause();
  Until("2029-03-02T09:30");
  Resume();
  EXPECT_EQ(Of("msg.2029-03-02"), "DUE 2029-03-02T09:30");
  Until("2029-03-03T08:30");
  Pause();
  Until("2029-03-03T10:00");
  Resume();
  EXPECT_EQ(Of("msg.2029-03-02"), "DUE 2029-03-02T09:30");
  EXPECT_EQ(Of("msg.2029-03-03"), "DUE 2029-03-03T10:00");
  EXPECT_EQ(Of("task.2029-03-03"), "DUE 2029-03-03T10:00") << "due as the pause ends";
  world_.ExpectListsAgree("box");
}

TEST_F(PauseTest, ThePauseShowsInTheEnrollmentTheLogAndTheSteps) {
  Until("2029-03-02T08:30");
  Pause();
  v1::Enrollment shown = world_.Timeline(kEnrollment).enrollment();
  EXPECT_EQ(shown.state(), v1::ENROLLMENT_STATE_PAUSED);
  EXPECT_EQ(plan::ToTime(shown.pause_time()), At("2029-03-02T08:30"));
  Until("2029-03-02T12:00");
  Resume();
  shown = world_.Timeline(kEnrollment).enrollment();
  EXPECT_EQ(shown.state(), v1::ENROLLMENT_STATE_ACTIVE);
  EXPECT_FALSE(shown.has_pause_time());
  std::vector<v1::EventType> types;
  for (const v1::Event& event : world_.Events("box")) {
    if (!event.has_reminder()) types.push_back(event.type());
  }
  EXPECT_THAT(types, ElementsAre(v1::EVENT_TYPE_ENROLLMENT_CREATED, v1::EVENT_TYPE_ENROLLMENT_PAUSED,
                                 v1::EVENT_TYPE_ENROLLMENT_RESUMED));
  EXPECT_EQ(Good(world_.Get(absl::StrCat(kEnrollment, "/reminders/msg.2029-03-02"))).steps(1).description(),
            "Paused from Fri 2 Mar 2029 08:30 to Fri 2 Mar 2029 12:00, after that time but inside its window: due at "
            "once.");
}

TEST_F(PauseTest, WhatIsPausedOrEndedIsNotPausedAgainAndWhatRunsIsNotResumed) {
  EXPECT_EQ(ErrorOf(world_.Resume(kEnrollment)), "FAILED_PRECONDITION/ENROLLMENT_NOT_PAUSED");
  Pause();
  EXPECT_EQ(ErrorOf(world_.Pause(kEnrollment)), "FAILED_PRECONDITION/ENROLLMENT_PAUSED");
  Resume();
  ASSERT_TRUE(world_.End(kEnrollment).ok());
  EXPECT_EQ(ErrorOf(world_.Pause(kEnrollment)), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_EQ(ErrorOf(world_.Resume(kEnrollment)), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_EQ(ErrorOf(world_.Pause("clinics/box/enrollments/nobody")), "NOT_FOUND/ENROLLMENT_NOT_FOUND");
  EXPECT_EQ(ErrorOf(world_.Resume("nonsense")), "INVALID_ARGUMENT/INVALID_FIELDS");
}

TEST_F(PauseTest, AHundredPausesAreEnough) {
  for (int i = 0; i < 100; ++i) {
    Pause();
    world_.Advance("box", At("2029-03-01T08:00") + absl::Seconds(i + 1));
    Resume();
  }
  EXPECT_EQ(ErrorOf(world_.Pause(kEnrollment)), "FAILED_PRECONDITION/TOO_MANY_PAUSES");
}

// In real time, where gateways wait and clocks can be set.
class PauseInRealTimeTest : public RealTimeFixture {
 protected:
  PauseInRealTimeTest()
      : RealTimeFixture({.pathway_id = "days", .pathway = DaysPathway()}),
        enrollment_(world_.Enrol("north", "e", DaysPatient("north"))) {}

  const std::string enrollment_;
};

TEST_F(PauseInRealTimeTest, AGatewayThatWaitsIsGivenWhatAResumeLetsGo) {
  world_.MoveTo(At("2029-03-02T09:30"));
  ASSERT_TRUE(world_.Pause(enrollment_).ok());
  v1::LeaseRemindersRequest request;
  request.set_parent("clinics/north");
  request.mutable_wait()->set_seconds(60);
  LongPoll poll(world_, request);
  world_.Drain();
  EXPECT_FALSE(poll.pending.over());
  ASSERT_TRUE(world_.Resume(enrollment_).ok());
  EXPECT_TRUE(poll.pending.Wait().ok());
  EXPECT_THAT(poll.response.leases(), SizeIs(1));
}

TEST_F(PauseInRealTimeTest, APauseEndsNoEarlierThanItBeganWhereClocksAreSetBack) {
  world_.MoveTo(At("2029-03-02T08:30"));
  ASSERT_TRUE(world_.Pause(enrollment_).ok());
  world_.MoveTo(At("2029-03-02T07:00"));
  ASSERT_TRUE(world_.Resume(enrollment_).ok());
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_EQ(world_.StateOf(enrollment_ + "/reminders/msg.2029-03-02"), "DUE");
}

TEST_F(PauseInRealTimeTest, AClockSetBackSendsNothingTwiceAndNothingEarly) {
  world_.MoveTo(At("2029-03-02T09:00"));
  const std::vector<v1::Lease> leased = world_.Lease("north");
  ASSERT_THAT(leased, SizeIs(1));
  world_.Report(leased[0].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  world_.MoveTo(At("2029-03-03T09:00"));
  world_.MoveTo(At("2029-03-01T12:00"));
  EXPECT_THAT(world_.Lease("north"), IsEmpty()) << "msg.2029-03-03 is due on the third of March";
  EXPECT_EQ(world_.StateOf(enrollment_ + "/reminders/msg.2029-03-02"), "SENT");
  world_.MoveTo(At("2029-03-03T09:00"));
  EXPECT_THAT(world_.Lease("north"), SizeIs(1));
  EXPECT_EQ(world_.StateOf(enrollment_ + "/reminders/msg.2029-03-02"), "SENT");
}

TEST_F(PauseInRealTimeTest, AClockSetForwardMakesWhatIsOpenDueAndEndsTheRest) {
  world_.MoveTo(At("2029-03-05T08:00"));
  EXPECT_EQ(world_.StateOf(enrollment_ + "/reminders/msg.2029-03-02"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(world_.StateOf(enrollment_ + "/reminders/msg.2029-03-03"), "DUE");
  EXPECT_EQ(world_.StateOf(enrollment_ + "/reminders/msg.2029-03-04"), "DUE");
  EXPECT_EQ(world_.StateOf(enrollment_ + "/reminders/task.2029-03-02"), "DUE") << "tasks stay";
}

}  // namespace
}  // namespace aftercare::engine
