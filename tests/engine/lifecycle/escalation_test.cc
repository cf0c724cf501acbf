// Tasks that nobody acknowledges in time go from step to step.
#include "scheduler/engine/lifecycle/escalation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/engine/clinic_fixture.h"
#include "tests/engine/lifecycle/escalating.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kEnrollment[] = "clinics/box/enrollments/e";
constexpr char kCall[] = "call.2029-03-02";

// The whole way of the task when its steps come at their times.
constexpr char kComesDue[] = "03-02T10:00 DUE nurse ROUTINE step 0 by 03-02T12:00";
constexpr char kFirst[] = "03-02T12:00 DUE on-call URGENT step 1 by 03-02T13:00";
constexpr char kSecond[] = "03-02T13:00 DUE on-call EMERGENCY step 2 by 03-02T13:30";

class EscalationTest : public SandboxFixture {
 protected:
  EscalationTest() : SandboxFixture({.pathway_id = "days", .pathway = EscalatingPathway()}) {
    world_.Enrol("box", "e", DaysPatient("box"));
  }

  std::string Call() { return TaskOf(Good(world_.Get(Name(kCall)))); }
  std::vector<std::string> Events(const std::string& id = kCall) { return TaskEvents(world_, "box", id); }

  // The tasks in the list by a filter, each with what is shown of it.
  std::vector<std::string> Listed(const std::string& filter) {
    std::vector<std::string> tasks;
    for (const v1::Reminder& reminder : world_.ListAll("box", FromText<v1::ReminderFilter>(filter), 2)) {
      tasks.push_back(absl::StrCat(IdOf(reminder.name()), " ", TaskOf(reminder)));
    }
    return tasks;
  }

  // Makes the pathway's next revision and moves the patient to it.
  void Migrate(const v1::Pathway& pathway) {
    v1::UpdatePathwayRequest update;
    *update.mutable_pathway() = pathway;
    Good(world_.Call(&Engine::pathways, &Pathways::Update, update));
    v1::MigrateEnrollmentsRequest migrate;
    migrate.set_pathway("clinics/box/pathways/days");
    Good(world_.Call(&Engine::enrollments, &Enrollments::Migrate, migrate));
  }
};

TEST_F(EscalationTest, ATaskThatNobodyAcknowledgesGoesEachStepAtItsTimeAndThenStaysDue) {
  Until("2029-03-02T11:59");
  EXPECT_EQ(Call(), "DUE nurse ROUTINE step 0 by 03-02T12:00");
  Until("2029-03-02T12:00");
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-02T13:00");
  Until("2029-03-02T12:59");
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-02T13:00");
  Until("2029-03-02T13:00");
  EXPECT_EQ(Call(), "DUE on-call EMERGENCY step 2 by 03-02T13:30") << "a step without a category keeps the last";
  Until("2029-04-01T00:00");
  EXPECT_EQ(Call(), "DUE on-call EMERGENCY step 2 by 03-02T13:30");
  EXPECT_THAT(Events(), ElementsAre(kComesDue, kFirst, kSecond));
  EXPECT_EQ(plan::ToTime(Good(world_.Get(Name(kCall))).state_time()), At("2029-03-02T10:00")) << "it is DUE since then";
}

TEST_F(EscalationTest, AClockThatJumpsFarGoesEachStepAtItsOwnTimeAndCountsNoWindowAsClosed) {
  const auto advanced = world_.Advance("box", At("2029-03-20T00:00"));
  EXPECT_THAT(Events(), ElementsAre(kComesDue, kFirst, kSecond));
  EXPECT_EQ(advanced.fired_count(), 3);
  EXPECT_EQ(advanced.expired_count(), 1) << "of the message";
}

TEST_F(EscalationTest, ATaskWithoutStepsStaysAsItIs) {
  Until("2029-03-20T00:00");
  EXPECT_THAT(Events("note.2029-03-02"), ElementsAre("03-02T10:00 DUE nurse URGENT step 0 by 03-02T12:00"));
  EXPECT_EQ(TaskOf(Good(world_.Get(Name("note.2029-03-02")))), "DUE nurse URGENT step 0 by 03-02T12:00");
}

TEST_F(EscalationTest, ListsCountsTimelinesAndFiltersGoByThePresentStep) {
  EXPECT_THAT(Listed("categories: 'nurse'"), SizeIs(2)) << "what is still to come is in its first category";
  EXPECT_THAT(Listed("categories: 'on-call'"), IsEmpty());
  Until("2029-03-02T12:00");
  const std::string shown = "call.2029-03-02 DUE on-call URGENT step 1 by 03-02T13:00";
  EXPECT_THAT(Listed("categories: 'on-call'"), ElementsAre(shown));
  EXPECT_THAT(Listed("categories: 'nurse'"),
              ElementsAre("note.2029-03-02 DUE nurse URGENT step 0 by 03-02T12:00"));
  EXPECT_THAT(Listed("categories: 'nurse' categories: 'on-call' enrollment: 'clinics/box/enrollments/e'"), SizeIs(2));
  v1::CountRemindersRequest count = FromText<v1::CountRemindersRequest>("parent: 'clinics/box'");
  count.mutable_filter()->add_categories("on-call");
  EXPECT_EQ(Good(world_.Call(&Engine::reminders, &Reminders::Count, count)).total_count(), 1);
  const v1::GetTimelineResponse timeline = world_.Timeline(kEnrollment);
  for (const v1::Reminder& reminder : timeline.reminders()) {
    if (IdOf(reminder.name()) == kCall) {
      EXPECT_EQ(absl::StrCat(kCall, " ", TaskOf(reminder)), shown);
    }
  }
  world_.ExpectListsAgree("box");
}

TEST_F(EscalationTest, AMessageHasNoUrgencyAndAPreviewShowsThatOfTasks) {
  v1::PreviewPlanRequest request = FromText<v1::PreviewPlanRequest>(
      "parent: 'clinics/box' pathway_name: 'clinics/box/pathways/days' enrollment { procedure_date: '2029-03-01' }");
  std::vector<std::string> shown;
  const v1::PreviewPlanResponse preview = Good(world_.Call(&Engine::pathways, &Pathways::Preview, request));
  for (const v1::Reminder& reminder : preview.reminders()) {
    shown.push_back(absl::StrCat(reminder.name(), " ", v1::Urgency_Name(reminder.urgency())));
  }
  EXPECT_THAT(shown, ElementsAre("msg.2029-03-02 URGENCY_UNSPECIFIED", "call.2029-03-02 URGENCY_ROUTINE",
                                 "note.2029-03-02 URGENCY_URGENT"));
  EXPECT_THAT(Listed("states: REMINDER_STATE_SCHEDULED"),
              ElementsAre("msg.2029-03-02 SCHEDULED message UNSPECIFIED step 0 by 03-04T00:00",
                          "call.2029-03-02 SCHEDULED nurse ROUTINE step 0 by 03-02T12:00",
                          "note.2029-03-02 SCHEDULED nurse URGENT step 0 by 03-02T12:00"));
  Until("2029-03-02T09:00");
  EXPECT_EQ(TaskOf(Good(world_.Get(Name("msg.2029-03-02")))), "DUE message UNSPECIFIED step 0 by 03-04T00:00");
}

TEST_F(EscalationTest, ATaskThatIsDoneGoesNoFurtherAndKeepsItsStep) {
  Until("2029-03-02T12:30");
  ASSERT_TRUE(world_.Complete(Name(kCall)).ok());
  Until("2029-03-20T00:00");
  EXPECT_EQ(Call(), "COMPLETED on-call URGENT step 1 by 03-02T13:00");
  EXPECT_THAT(Events(), SizeIs(3));
}

TEST_F(EscalationTest, ATaskThatIsCalledOffOrWhoseEnrollmentEndsGoesNoFurther) {
  world_.Enrol("box", "f", DaysPatient("box"));
  Until("2029-03-02T12:30");
  ASSERT_TRUE(world_.Cancel(Name(kCall)).ok());
  ASSERT_TRUE(world_.End("clinics/box/enrollments/f").ok());
  Until("2029-03-20T00:00");
  EXPECT_EQ(Call(), "CANCELLED/CANCELLED_BY_CLINIC on-call URGENT step 1 by 03-02T13:00");
  EXPECT_EQ(TaskOf(Good(world_.Get(Name(kCall, "f")))),
            "CANCELLED/ENROLLMENT_ENDED on-call URGENT step 1 by 03-02T13:00");
}

TEST_F(EscalationTest, ATaskThatIsMovedBeginsAnewAtItsNewTime) {
  Until("2029-03-02T12:30");
  ASSERT_TRUE(world_.Move(Name(kCall), At("2029-03-05T08:00")).ok());
  EXPECT_EQ(Call(), "SCHEDULED nurse ROUTINE step 0 by 03-05T10:00");
  Until("2029-03-05T09:59");
  EXPECT_EQ(Call(), "DUE nurse ROUTINE step 0 by 03-05T10:00");
  Until("2029-03-05T10:00");
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-05T11:00");
  world_.ExpectListsAgree("box");
}

TEST_F(EscalationTest, ATaskThatSomebodyAcknowledgedAndPutOffMustBeAcknowledgedAgain) {
  Until("2029-03-02T11:00");
  Good(Acknowledge(world_, Name(kCall)));
  ASSERT_TRUE(world_.Move(Name(kCall), At("2029-03-05T08:00")).ok());
  Until("2029-03-05T10:00");
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-05T11:00");
}

TEST_F(EscalationTest, ATaskThatIsMovedBeforeItIsDueEscalatesFromItsNewDeadline) {
  ASSERT_TRUE(world_.Move(Name(kCall), At("2029-03-02T15:00")).ok());
  Until("2029-03-02T14:00");
  EXPECT_EQ(Call(), "SCHEDULED nurse ROUTINE step 0 by 03-02T17:00");
  Until("2029-03-02T17:00");
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-02T18:00");
}

TEST_F(EscalationTest, ATaskThatWasCalledOffAndIsRestoredEscalatesAgain) {
  Until("2029-03-02T11:00");
  ASSERT_TRUE(world_.Cancel(Name(kCall)).ok());
  ASSERT_TRUE(world_.Restore(Name(kCall)).ok());
  Until("2029-03-02T13:00");
  EXPECT_EQ(Call(), "DUE on-call EMERGENCY step 2 by 03-02T13:30");
}

TEST_F(EscalationTest, APauseOfThePatientHoldsBackNoTaskThatIsDue) {
  Until("2029-03-02T11:00");
  ASSERT_TRUE(world_.Pause(kEnrollment).ok());
  Until("2029-03-02T12:30");
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-02T13:00");
  ASSERT_TRUE(world_.Resume(kEnrollment).ok());
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-02T13:00");
  ASSERT_TRUE(world_.Pause(kEnrollment).ok());
  Until("2029-03-20T00:00");
  EXPECT_EQ(Call(), "DUE on-call EMERGENCY step 2 by 03-02T13:30");
  ASSERT_TRUE(world_.Resume(kEnrollment).ok());
  EXPECT_THAT(Events(), ElementsAre(kComesDue, kFirst, kSecond));
}

TEST_F(EscalationTest, AChangeOfFactsThatKeepsTheTaskKeepsItsStepAndDeadline) {
  Until("2029-03-02T12:30");
  world_.Update(kEnrollment, "first_name: 'Anna' contact_hours { openings { opens: '12:00' closes: '14:00' } }");
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-02T13:00");
  Until("2029-03-20T00:00");
  EXPECT_EQ(Call(), "DUE on-call EMERGENCY step 2 by 03-02T13:30");
  world_.ExpectListsAgree("box");
}

TEST_F(EscalationTest, AChangeOfFactsThatEndsTheTaskEndsItsEscalation) {
  Until("2029-03-02T12:30");
  world_.Update(kEnrollment, "procedure_date: '2029-03-04'");
  EXPECT_EQ(TaskOf(Good(world_.Get(Name("call.2029-03-05")))), "SCHEDULED nurse ROUTINE step 0 by 03-05T12:00");
  Until("2029-03-05T12:00");
  EXPECT_EQ(Call(), "CANCELLED/MOVED_BY_REANCHOR on-call URGENT step 1 by 03-02T13:00");
  EXPECT_EQ(TaskOf(Good(world_.Get(Name("call.2029-03-05")))), "DUE on-call URGENT step 1 by 03-05T13:00");
  world_.ExpectListsAgree("box");
}

TEST_F(EscalationTest, ARevisionWithFewerStepsLeavesTheTaskAtTheLastOneThatItHas) {
  Until("2029-03-02T12:30");
  v1::Pathway fewer = EscalatingPathway();
  fewer.mutable_rules(0)->mutable_escalation()->RemoveLast();
  Migrate(fewer);
  Until("2029-03-20T00:00");
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-02T13:00");
  fewer.mutable_rules(0)->clear_escalation();
  Migrate(fewer);
  EXPECT_EQ(Call(), "DUE nurse ROUTINE step 1 by 03-02T13:00");
  EXPECT_THAT(Listed("categories: 'nurse'"), SizeIs(2));
  Until("2029-03-21T00:00");
  EXPECT_THAT(Events(), ElementsAre(kComesDue, kFirst));
  world_.ExpectListsAgree("box");
}

TEST_F(EscalationTest, ARevisionWithMoreStepsGoesThoseThatAreOverdueAtOnce) {
  Until("2029-03-02T14:00");
  v1::Pathway more = EscalatingPathway();
  for (const int minutes : {20, 60}) {
    v1::EscalationStep* step = more.mutable_rules(0)->add_escalation();
    step->mutable_deadline()->set_seconds(60 * minutes);
    step->set_category("head-nurse");
  }
  Migrate(more);
  EXPECT_EQ(Call(), "DUE head-nurse EMERGENCY step 4 by 03-02T14:50");
  EXPECT_THAT(Events(), ElementsAre(kComesDue, kFirst, kSecond,
                                    "03-02T14:00 DUE head-nurse EMERGENCY step 3 by 03-02T13:50",
                                    "03-02T14:00 DUE head-nurse EMERGENCY step 4 by 03-02T14:50"));
}

TEST_F(EscalationTest, ANewerTaskOfASupersedingRuleEndsTheOlderWhateverItsStep) {
  v1::Pathway daily = EscalatingPathway();
  v1::Rule& rule = *daily.mutable_rules(0);
  rule.set_supersede(true);
  rule.mutable_schedule()->mutable_span()->mutable_days()->set_first(1);
  rule.mutable_schedule()->mutable_span()->mutable_days()->set_last(2);
  rule.mutable_schedule()->mutable_daily();
  rule.mutable_schedule()->clear_on();
  Migrate(daily);
  Until("2029-03-03T10:00");
  EXPECT_EQ(Call(), "EXPIRED/SUPERSEDED on-call EMERGENCY step 2 by 03-02T13:30");
  EXPECT_EQ(StateOf("call.2029-03-03"), "DUE");
}

// The same in real time, where the server may be down and the clock may be set back.
class RealTimeEscalationTest : public RealTimeFixture {
 protected:
  RealTimeEscalationTest() : RealTimeFixture({.pathway_id = "days", .pathway = EscalatingPathway()}) {
    world_.Enrol("north", "e", DaysPatient("north"));
  }

  void RestartAt(const std::string& now) {
    world_.Stop();
    world_.clock().Set(At(now));
    world_.Start();
    world_.Settle();
  }

  std::string Call() { return TaskOf(Good(world_.Get(Name(kCall)))); }
  std::vector<std::string> Events() { return TaskEvents(world_, "north", kCall); }
};

TEST_F(RealTimeEscalationTest, TheSweepGoesEachStepAtItsTime) {
  for (const char* now : {"2029-03-02T10:00", "2029-03-02T11:59", "2029-03-02T12:00", "2029-03-02T13:00",
                          "2029-03-02T13:30", "2029-03-09T00:00"}) {
    world_.MoveTo(At(now));
  }
  EXPECT_THAT(Events(), ElementsAre(kComesDue, kFirst, kSecond));
}

TEST_F(RealTimeEscalationTest, AStepIsKeptAcrossRestartsAndTheNextComesAtItsTime) {
  world_.MoveTo(At("2029-03-02T10:00"));
  world_.MoveTo(At("2029-03-02T12:00"));
  RestartAt("2029-03-02T12:30");
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-02T13:00");
  RestartAt("2029-03-02T13:00");
  EXPECT_THAT(Events(), ElementsAre(kComesDue, kFirst, kSecond));
}

TEST_F(RealTimeEscalationTest, StepsThatPassedWhileTheServerWasDownAreGoneInOrder) {
  world_.MoveTo(At("2029-03-02T10:00"));
  RestartAt("2029-03-04T00:00");
  EXPECT_THAT(Events(), ElementsAre(kComesDue, "03-04T00:00 DUE on-call URGENT step 1 by 03-02T13:00",
                                    "03-04T00:00 DUE on-call EMERGENCY step 2 by 03-02T13:30"));
}

TEST_F(RealTimeEscalationTest, ATaskThatComesDueLateGoesTheStepsThatAreOverdueAtOnce) {
  RestartAt("2029-03-04T00:00");
  EXPECT_THAT(Events(), ElementsAre("03-04T00:00 DUE nurse ROUTINE step 0 by 03-02T12:00",
                                    "03-04T00:00 DUE on-call URGENT step 1 by 03-02T13:00",
                                    "03-04T00:00 DUE on-call EMERGENCY step 2 by 03-02T13:30"));
}

TEST_F(RealTimeEscalationTest, WhatIsOverdueEscalatesBeforeItEndsEvenIfTheSweepIsLate) {
  world_.Enrol("north", "f", DaysPatient("north"));
  world_.MoveTo(At("2029-03-02T10:00"));
  // The sweep may come before the call or after it.
  world_.clock().Set(At("2029-03-02T12:00"));
  ASSERT_TRUE(world_.End("clinics/north/enrollments/e").ok());
  world_.Settle();
  EXPECT_THAT(Events(), ElementsAre(kComesDue, kFirst,
                                    "03-02T12:00 CANCELLED/ENROLLMENT_ENDED on-call URGENT step 1 by 03-02T13:00 by " +
                                        Operator().principal));
}

TEST_F(RealTimeEscalationTest, AClockThatIsSetBackTakesNoStepBackAndGoesNoneTwice) {
  world_.MoveTo(At("2029-03-02T10:00"));
  world_.MoveTo(At("2029-03-02T12:00"));
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_EQ(Call(), "DUE on-call URGENT step 1 by 03-02T13:00");
  world_.MoveTo(At("2029-03-02T12:30"));
  EXPECT_THAT(Events(), SizeIs(2));
  world_.MoveTo(At("2029-03-02T13:00"));
  EXPECT_THAT(Events(), ElementsAre(kComesDue, kFirst, kSecond));
}

}  // namespace
}  // namespace aftercare::engine
