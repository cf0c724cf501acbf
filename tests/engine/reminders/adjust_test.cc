// Moving, calling off and restoring one reminder by name.
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

class AdjustTest : public SandboxFixture {
 protected:
  AdjustTest() : SandboxFixture({.pathway_id = "days", .pathway = DaysPathway()}) {
    world_.Enrol("box", "e", DaysPatient("box"));
  }

  void Move(const std::string& id, const std::string& time) {
    const absl::Status status = world_.Move(Name(id), At(time));
    ASSERT_TRUE(status.ok()) << status;
  }

  // `DUE 03-02T09:00-03-05T00:00`, the window in UTC.
  std::string Of(const std::string& id) {
    const auto found = world_.Get(Name(id));
    if (!found.ok()) return ErrorOf(found.status());
    const auto shown = [](const google::protobuf::Timestamp& time) {
      return absl::FormatTime("%m-%dT%H:%M", plan::ToTime(time), absl::UTCTimeZone());
    };
    return absl::StrCat(StateAndReason(*found), " ", shown(found->due_time()), "-", shown(found->expire_time()));
  }
};

TEST_F(AdjustTest, AMovedReminderComesDueThenAndNotWhenThePlanHasIt) {
  Move("msg.2029-03-03", "2029-03-07T18:00");
  EXPECT_EQ(Of("msg.2029-03-03"), "SCHEDULED 03-07T18:00-03-10T00:00") << "the rule's window, from the new day";
  world_.ExpectListsAgree("box");
  Until("2029-03-06T00:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-04", "msg.2029-03-05"));
  world_.ExpectListsAgree("box");
  Until("2029-03-07T18:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-03"));
  world_.ExpectListsAgree("box");
}

TEST_F(AdjustTest, AReminderCanBeMovedEarlierToo) {
  Move("msg.2029-03-05", "2029-03-01T08:00");
  EXPECT_EQ(Of("msg.2029-03-05"), "DUE 03-01T08:00-03-04T00:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-05"));
  Until("2029-03-05T12:00");
  EXPECT_EQ(Of("msg.2029-03-05"), "SENT 03-01T08:00-03-04T00:00");
  world_.ExpectListsAgree("box");
}

TEST_F(AdjustTest, ATaskThatIsDueCanBePutOff) {
  Until("2029-03-02T10:00");
  Move("task.2029-03-02", "2029-03-02T16:00");
  EXPECT_EQ(Of("task.2029-03-02"), "SCHEDULED 03-02T16:00-03-02T18:00");
  Until("2029-03-02T16:00");
  EXPECT_EQ(Of("task.2029-03-02"), "DUE 03-02T16:00-03-02T18:00");
  world_.ExpectListsAgree("box");
}

TEST_F(AdjustTest, ALocalTimeIsThatOfThePatient) {
  world_.Update(kEnrollment, "time_zone: 'America/New_York'");
  v1::MoveReminderRequest request;
  request.set_name(Name("msg.2029-03-02"));
  request.set_due_local_time("2029-03-06T10:00");
  ASSERT_TRUE(world_.Call(&Engine::reminders, &Reminders::Move, request).ok());
  EXPECT_EQ(Of("msg.2029-03-02"), "SCHEDULED 03-06T15:00-03-09T05:00");
}

// Local times that clocks skip or repeat, read as the plan reads the times of rules.
TEST(MoveByLocalTimeTest, ATimeInAGapOrAnOverlapTakesTheOffsetBefore) {
  struct Case {
    const char* zone;
    const char* procedure;
    const char* local;
    const char* instant;
  };
  const Case cases[] = {
      {"America/New_York", "2026-03-06", "2026-03-08T02:30", "2026-03-08T07:30"},
      {"America/New_York", "2026-10-30", "2026-11-01T01:30", "2026-11-01T05:30"},
      {"Australia/Lord_Howe", "2026-10-02", "2026-10-04T02:15", "2026-10-03T15:45"},
      {"Australia/Lord_Howe", "2026-04-03", "2026-04-05T01:45", "2026-04-04T14:45"},
      {"Pacific/Apia", "2011-12-27", "2011-12-30T09:00", "2011-12-30T19:00"},
      {"Africa/Casablanca", "2026-02-13", "2026-02-15T02:30", "2026-02-15T01:30"},
      {"Africa/Casablanca", "2026-03-20", "2026-03-22T02:30", "2026-03-22T02:30"},
  };
  for (const Case& each : cases) {
    World world(At("2026-01-01T00:00"));
    world.CreateSandbox("box", At(absl::StrCat(each.procedure, "T00:00")));
    world.CreatePathway("box", "days", DaysPathway());
    v1::Enrollment patient = DaysPatient("box");
    patient.set_procedure_date(each.procedure);
    patient.set_time_zone(each.zone);
    world.Enrol("box", "e", patient);
    v1::MoveReminderRequest request;
    absl::CivilDay day;
    ASSERT_TRUE(absl::ParseCivilTime(each.procedure, &day));
    request.set_name(absl::StrCat(kEnrollment, "/reminders/msg.", absl::FormatCivilTime(day + 4)));
    request.set_due_local_time(each.local);
    const auto moved = Good(world.Call(&Engine::reminders, &Reminders::Move, request));
    EXPECT_EQ(plan::ToTime(moved.reminder().due_time()), At(each.instant)) << each.zone << " " << each.local;
  }
}

TEST_F(AdjustTest, WhatWasMovedStaysWhereItIsWhenThePlanMoves) {
  Move("msg.2029-03-03", "2029-03-07T18:00");
  const v1::PlanDiff diff = world_.Update(kEnrollment, "procedure_date: '2029-03-02'");  // 3 to 6 March
  EXPECT_EQ(diff.not_moved_by_hand_count(), 0);
  EXPECT_EQ(Of("msg.2029-03-03"), "SCHEDULED 03-07T18:00-03-10T00:00");
  EXPECT_EQ(Of("msg.2029-03-04"), "SCHEDULED 03-04T09:00-03-07T00:00");
  world_.ExpectListsAgree("box");
  Until("2029-03-10T10:00");
  EXPECT_EQ(Of("msg.2029-03-03"), "EXPIRED/WINDOW_CLOSED 03-07T18:00-03-10T00:00");
  world_.ExpectListsAgree("box");
}

TEST_F(AdjustTest, ATimeSetByHandGivesWayWhereThePlanHasOtherDaysAndTheDifferenceSaysSo) {
  Move("msg.2029-03-03", "2029-03-07T18:00");
  const v1::PlanDiff diff = world_.Update(kEnrollment, "procedure_date: '2029-04-01'");
  EXPECT_EQ(diff.not_moved_by_hand_count(), 1);
  EXPECT_EQ(Of("msg.2029-03-03"), "CANCELLED/MOVED_BY_REANCHOR 03-07T18:00-03-10T00:00");
  EXPECT_EQ(Of("msg.2029-04-02"), "SCHEDULED 04-02T09:00-04-05T00:00");
  EXPECT_EQ(Of("msg.2029-04-03"), "SCHEDULED 04-03T09:00-04-06T00:00");
  world_.ExpectListsAgree("box");
  Until("2029-04-03T10:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-04-02", "msg.2029-04-03"));
  world_.ExpectListsAgree("box");
}

TEST_F(AdjustTest, TheStepsSayThatTheClinicMovedIt) {
  Move("msg.2029-03-03", "2029-03-07T18:00");
  const v1::Reminder moved = Good(world_.Get(Name("msg.2029-03-03")));
  EXPECT_EQ(moved.steps().rbegin()->kind(), v1::TIME_STEP_KIND_MOVED);
  EXPECT_EQ(moved.steps().rbegin()->description(), "Moved by the clinic to Wed 7 Mar 2029 18:00.");
  EXPECT_EQ(moved.nominal_local_time(), "2029-03-03T09:00");
}

TEST_F(AdjustTest, ACancelledReminderIsNotSent) {
  ASSERT_TRUE(world_.Cancel(Name("msg.2029-03-03")).ok());
  EXPECT_EQ(Of("msg.2029-03-03"), "CANCELLED/CANCELLED_BY_CLINIC 03-03T09:00-03-06T00:00");
  EXPECT_TRUE(world_.Cancel(Name("msg.2029-03-03")).ok()) << "once more is no harm";
  world_.ExpectListsAgree("box");
  Until("2029-03-04T12:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-02", "msg.2029-03-04"));
  world_.ExpectListsAgree("box");
}

TEST_F(AdjustTest, WhatIsDueOrLeasedCanBeCancelledAndSentIsStillAccepted) {
  Until("2029-03-02T10:00");
  const std::vector<v1::Lease> leased = world_.Lease("box");
  ASSERT_THAT(leased, SizeIs(1));
  ASSERT_TRUE(world_.Cancel(Name("msg.2029-03-02")).ok());
  ASSERT_TRUE(world_.Cancel(Name("task.2029-03-02")).ok());
  EXPECT_EQ(world_.StateOf(Name("task.2029-03-02")), "CANCELLED/CANCELLED_BY_CLINIC");
  EXPECT_EQ(ErrorOf(world_.Report(leased[0].lease_id(), v1::DELIVERY_OUTCOME_SENT).status()), "OK");
  EXPECT_EQ(world_.StateOf(Name("msg.2029-03-02")), "SENT");
}

TEST_F(AdjustTest, WhatWasCancelledStaysSoWhenThePlanMoves) {
  ASSERT_TRUE(world_.Cancel(Name("msg.2029-03-03")).ok());
  const v1::PlanDiff diff = world_.Update(kEnrollment, "procedure_date: '2029-03-02'");  // 3 to 6 March
  EXPECT_EQ(diff.not_called_off_count(), 0);
  EXPECT_EQ(world_.StateOf(Name("msg.2029-03-03")), "CANCELLED/CANCELLED_BY_CLINIC");
  Until("2029-03-04T12:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-04"));
  world_.ExpectListsAgree("box");
}

TEST_F(AdjustTest, WhatWasCancelledOfARepeatingRuleComesWhereThePlanHasOtherDaysAndTheDifferenceSaysSo) {
  ASSERT_TRUE(world_.Cancel(Name("msg.2029-03-03")).ok());
  const v1::PlanDiff diff = world_.Update(kEnrollment, "procedure_date: '2029-04-01'");
  EXPECT_EQ(diff.not_called_off_count(), 1);
  EXPECT_EQ(world_.StateOf(Name("msg.2029-03-03")), "CANCELLED/CANCELLED_BY_CLINIC");
  Until("2029-04-03T12:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-04-02", "msg.2029-04-03"));
  world_.ExpectListsAgree("box");
}

TEST_F(AdjustTest, MovesAndCancellationsCanBeUndone) {
  Move("msg.2029-03-03", "2029-03-07T18:00");
  ASSERT_TRUE(world_.Cancel(Name("msg.2029-03-04")).ok());
  ASSERT_TRUE(world_.Restore(Name("msg.2029-03-03")).ok());
  ASSERT_TRUE(world_.Restore(Name("msg.2029-03-04")).ok());
  EXPECT_EQ(Of("msg.2029-03-03"), "SCHEDULED 03-03T09:00-03-06T00:00");
  EXPECT_EQ(Of("msg.2029-03-04"), "SCHEDULED 03-04T09:00-03-07T00:00");
  world_.ExpectListsAgree("box");
  Until("2029-03-04T12:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-02", "msg.2029-03-03", "msg.2029-03-04"));
  world_.ExpectListsAgree("box");
}

TEST_F(AdjustTest, WhatIsRestoredInsideItsWindowIsDueAtOnceAndAfterItIsRefused) {
  ASSERT_TRUE(world_.Cancel(Name("msg.2029-03-02")).ok());
  Until("2029-03-04T12:00");
  ASSERT_TRUE(world_.Restore(Name("msg.2029-03-02")).ok());
  EXPECT_EQ(Of("msg.2029-03-02"), "DUE 03-02T09:00-03-05T00:00");
  ASSERT_TRUE(world_.Cancel(Name("msg.2029-03-02")).ok());
  Until("2029-03-05T00:00");
  EXPECT_EQ(ErrorOf(world_.Restore(Name("msg.2029-03-02"))), "FAILED_PRECONDITION/WINDOW_CLOSED");
}

TEST_F(AdjustTest, WhatWasNeitherMovedNorCancelledIsNotRestored) {
  EXPECT_EQ(ErrorOf(world_.Restore(Name("msg.2029-03-02"))), "FAILED_PRECONDITION/NOT_ADJUSTED");
  Until("2029-03-02T09:00");
  EXPECT_EQ(ErrorOf(world_.Restore(Name("msg.2029-03-02"))), "FAILED_PRECONDITION/NOT_ADJUSTED");
  Move("msg.2029-03-02", "2029-03-02T10:00");
  Until("2029-03-02T10:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-02"));
  EXPECT_EQ(ErrorOf(world_.Restore(Name("msg.2029-03-02"))), "FAILED_PRECONDITION/INVALID_TRANSITION") << "it was sent";
}

TEST_F(AdjustTest, WhatIsSentLeasedOrOverIsNotMoved) {
  Until("2029-03-02T09:00");
  const std::vector<v1::Lease> leased = world_.Lease("box");
  ASSERT_THAT(leased, SizeIs(1));
  EXPECT_EQ(ErrorOf(world_.Move(Name("msg.2029-03-02"), At("2029-03-09T09:00"))),
            "FAILED_PRECONDITION/INVALID_TRANSITION");
  world_.Report(leased[0].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_EQ(ErrorOf(world_.Move(Name("msg.2029-03-02"), At("2029-03-09T09:00"))),
            "FAILED_PRECONDITION/INVALID_TRANSITION");
  EXPECT_EQ(ErrorOf(world_.Cancel(Name("msg.2029-03-02"))), "FAILED_PRECONDITION/INVALID_TRANSITION");
  Until("2029-03-06T00:00");
  EXPECT_EQ(ErrorOf(world_.Move(Name("msg.2029-03-03"), At("2029-03-09T09:00"))),
            "FAILED_PRECONDITION/INVALID_TRANSITION");
}

TEST_F(AdjustTest, AMessageIsNotMovedOutsideContactHours) {
  world_.Update(kEnrollment, "contact_hours { openings { opens: '08:00' closes: '20:00' } }");
  EXPECT_EQ(ErrorOf(world_.Move(Name("msg.2029-03-02"), At("2029-03-06T21:00"))),
            "FAILED_PRECONDITION/OUTSIDE_CONTACT_HOURS");
  EXPECT_TRUE(world_.Move(Name("task.2029-03-02"), At("2029-03-06T21:00")).ok());
  EXPECT_TRUE(world_.Move(Name("msg.2029-03-02"), At("2029-03-06T19:00")).ok());
}

TEST_F(AdjustTest, BadRequestsSayWhatIsWrong) {
  v1::MoveReminderRequest request;
  request.set_name("nonsense");
  request.set_request_id("!");
  EXPECT_THAT(BadFields(world_.Call(&Engine::reminders, &Reminders::Move, request).status()),
              ElementsAre("name", "due_time", "request_id"));
  request = {};
  request.set_name(Name("msg.2029-03-02"));
  request.set_due_local_time("2029-03-06 10:00");
  EXPECT_THAT(BadFields(world_.Call(&Engine::reminders, &Reminders::Move, request).status()),
              ElementsAre("due_local_time"));
  EXPECT_THAT(BadFields(world_.Move(Name("msg.2029-03-02"), At("2029-03-01T07:59"))), ElementsAre("due_time"));
  EXPECT_THAT(BadFields(world_.Move(Name("msg.2029-03-02"), At("2049-03-01T07:59"))), ElementsAre("due_time"));
  EXPECT_EQ(ErrorOf(world_.Move(Name("msg.2029-03-09"), At("2029-03-09T09:00"))), "NOT_FOUND/REMINDER_NOT_FOUND");
  EXPECT_EQ(ErrorOf(world_.Cancel(Name("nothing.2029-03-02"))), "NOT_FOUND/REMINDER_NOT_FOUND");
  ASSERT_TRUE(world_.End(kEnrollment).ok());
  EXPECT_EQ(ErrorOf(world_.Move(Name("msg.2029-03-02"), At("2029-03-09T09:00"))),
            "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_EQ(ErrorOf(world_.Cancel(Name("msg.2029-03-02"))), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_EQ(ErrorOf(world_.Restore(Name("msg.2029-03-02"))), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
}

TEST_F(AdjustTest, WhileItIsPausedRemindersCanBeAdjustedAndNothingFires) {
  Until("2029-03-02T08:00");
  ASSERT_TRUE(world_.Pause(kEnrollment).ok());
  Until("2029-03-02T12:00");
  ASSERT_TRUE(world_.Cancel(Name("msg.2029-03-02")).ok());
  Move("msg.2029-03-03", "2029-03-02T13:00");
  world_.ExpectListsAgree("box");
  Until("2029-03-02T14:00");
  EXPECT_THAT(world_.SendAll("box"), IsEmpty());
  world_.ExpectListsAgree("box");
  ASSERT_TRUE(world_.Resume(kEnrollment).ok());
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-03"));
  world_.ExpectListsAgree("box");
}

}  // namespace
}  // namespace aftercare::engine
