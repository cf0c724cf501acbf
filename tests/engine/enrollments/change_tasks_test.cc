// Tasks of the care team that a change of facts makes: for what the patient is never told because of it, and for
// appointments that lie outside their windows after it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/enrollments/told_world.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

v1::Rule Task(v1::Rule rule) {
  return With(std::move(rule), "audience: AUDIENCE_CARE_TEAM schedule { window { days: 14 } }");
}
v1::Rule NeverToldTask() { return With(Task(On("untold", {0}, {"08:00"})), "on_never_told: true"); }
v1::Rule OutsideTask() {
  v1::Rule rule = Task(OfVisit("review", "BOOKED", On("outside", {-365}, {"08:00"})));
  return With(std::move(rule), "visit { outside_window: true } schedule { window { days: 366 } }");
}

class ChangeTasksTest : public ::testing::Test {
 protected:
  // Enrols a patient with a procedure on 2 March at 10:00 of that day.
  ToldWorld Enrolled(const std::vector<v1::Rule>& rules) {
    return ToldWorld(world_, absl::StrCat("c", ++clinics_),
                     {.procedure_date = "2026-03-02", .enrolled = "03-02 10:00", .rules = rules});
  }

  // Enrols such a patient, whose procedure turns out at noon to have been ten days before.
  ToldWorld DatedBack(const std::vector<v1::Rule>& rules) {
    ToldWorld patient = Enrolled(rules);
    patient.Skip("03-02 12:00");
    patient.ChangeDate("2026-02-20");
    return patient;
  }

  // Returns the reminders of a rule that the timeline has, as `untold.2026-03-02 03-02 12:00 DUE`.
  static std::vector<std::string> OfRule(ToldWorld& patient, const std::string& rule) {
    std::vector<std::string> found;
    for (const v1::Reminder& reminder : patient.Reminders()) {
      const std::string id = reminder.name().substr(reminder.name().rfind('/') + 1);
      if (!absl::StartsWith(id, absl::StrCat(rule, "."))) continue;
      found.push_back(absl::StrCat(id, " ", patient.Shown(plan::ToTime(reminder.due_time())), " ", patient.StateOf(id)));
    }
    return found;
  }

  World world_{At("2026-01-01T00:00")};
  int clinics_ = 0;
};

TEST_F(ChangeTasksTest, ThereIsNoTaskUntilSomethingIsNeverTold) {
  ToldWorld ana = Enrolled({On("one", {3}, {"08:00"}), NeverToldTask()});
  EXPECT_THAT(OfRule(ana, "untold"), IsEmpty());
  ana.ChangeDate("2026-03-03");
  EXPECT_THAT(OfRule(ana, "untold"), IsEmpty());
}

TEST_F(ChangeTasksTest, WhatIsNeverToldIsATaskAtOnce) {
  ToldWorld ana = Enrolled({On("one", {3}, {"08:00"}), NeverToldTask()});
  ana.Skip("03-02 12:00");
  const v1::PlanDiff diff = ana.ChangeDate("2026-02-20");
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_NEVER_TOLD), ElementsAre("one.2026-02-23 02-23 08:00"));
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_ADDED), ElementsAre("untold.2026-03-02 03-02 12:00"));
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 DUE"));
}

TEST_F(ChangeTasksTest, ATaskWaitsForItsTimeOfDay) {
  ToldWorld ana = Enrolled({On("one", {3}, {"08:00"}), NeverToldTask()});
  ana.Skip("03-03 06:00");
  ana.ChangeDate("2026-02-20");
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-03 03-03 08:00 SCHEDULED"));
}

TEST_F(ChangeTasksTest, AnUndoTakesTheTaskBack) {
  ToldWorld ana = DatedBack({On("one", {3}, {"08:00"}), NeverToldTask()});
  ana.ChangeDate("2026-03-02");
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 CANCELLED/MOVED_BY_REANCHOR"));
  EXPECT_THAT(ana.Play("03-06 00:00"), ElementsAre("one 03-05 08:00"));
}

TEST_F(ChangeTasksTest, ATaskStaysUntilEverythingIsToBeToldAgain) {
  ToldWorld ana = Enrolled({On("one", {3}, {"08:00"}), On("two", {5}, {"08:00"}), NeverToldTask()});
  ana.Skip("03-02 12:00");
  EXPECT_EQ(ana.ChangeDate("2026-02-20").never_told_count(), 2);
  ana.ChangeDate("2026-02-26");
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 DUE"));
}

TEST_F(ChangeTasksTest, AChangeOfSomethingElseKeepsTheTask) {
  ToldWorld ana = DatedBack({On("one", {3}, {"08:00"}), On("later", {40}, {"08:00"}), NeverToldTask()});
  ana.Skip("03-04 12:00");
  const v1::PlanDiff diff = ana.ChangeSeverity("severe");
  EXPECT_THAT(diff.changes(), IsEmpty());
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 DUE"));
}

TEST_F(ChangeTasksTest, ASecondChangeHasATaskOfItsOwnThoughTheClockStandsStill) {
  ToldWorld ana = DatedBack({On("one", {3}, {"08:00"}), On("two", {20}, {"08:00"}), NeverToldTask()});
  ana.Complete("untold.2026-03-02");
  const v1::PlanDiff diff = ana.ChangeDate("2026-02-01");
  EXPECT_EQ(diff.sent_again_count(), 0) << "a task is not told to the patient";
  EXPECT_THAT(OfRule(ana, "untold"), UnorderedElementsAre("untold.2026-03-02 03-02 12:00 COMPLETED",
                                                          "untold.2026-03-02~2 03-02 12:00 DUE"));
}

TEST_F(ChangeTasksTest, EachChangeThatLeavesMoreUntoldHasATaskOfItsOwn) {
  ToldWorld ana = DatedBack({On("one", {3}, {"08:00"}), On("two", {20}, {"08:00"}), NeverToldTask()});
  ana.Complete("untold.2026-03-02");
  ana.Skip("03-02 15:00");
  const v1::PlanDiff diff = ana.ChangeDate("2026-02-08");
  EXPECT_EQ(diff.never_told_count(), 1);
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 COMPLETED",
                                                 "untold.2026-03-02~2 03-02 15:00 DUE"));
}

TEST_F(ChangeTasksTest, AnUntoldLineStaysUntoldThoughAnotherTakesItsName) {
  ToldWorld ana = Enrolled({On("one", {3, 10}, {"08:00"}), NeverToldTask()});
  ana.Skip("03-02 12:00");
  const v1::PlanDiff diff = ana.ChangeDate("2026-02-23");
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_NEVER_TOLD), ElementsAre("one.2026-02-26 02-26 08:00"));
  ana.ChangeSeverity("severe");
  EXPECT_THAT(ana.Changes(diff, v1::PLAN_CHANGE_KIND_MOVED), ElementsAre("one.2026-03-05 03-05 08:00"));
  EXPECT_EQ(ana.StateOf("one.2026-03-05"), "SCHEDULED") << "day 10 now";
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 DUE"));
}

TEST_F(ChangeTasksTest, AnUntoldLineIsToBeToldThoughItsNameIsAnother) {
  ToldWorld ana = DatedBack({On("one", {3}, {"08:00"}), NeverToldTask()});
  ana.ChangeDate("2026-03-01");
  EXPECT_EQ(ana.StateOf("one.2026-03-04"), "SCHEDULED");
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 CANCELLED/MOVED_BY_REANCHOR"));
}

TEST_F(ChangeTasksTest, AnUntoldLineIsToBeToldByARuleOfTheSeriesThatReplacesIt) {
  ToldWorld ana = DatedBack({On("one", {3}, {"08:00"}), NeverToldTask()});
  ana.Revise({With(On("other", {3, 9}, {"10:00"}), "series: 'one'"), NeverToldTask()});
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 DUE"));
  ana.ChangeDate("2026-03-01");
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 CANCELLED/MOVED_BY_REANCHOR"));
}

TEST_F(ChangeTasksTest, UndoingTheSecondOfTwoChangesBringsBackTheTaskOfTheFirst) {
  ToldWorld ana = DatedBack({On("one", {3}, {"08:00"}), On("two", {20}, {"08:00"}), NeverToldTask()});
  ana.Complete("untold.2026-03-02");
  ana.Skip("03-02 15:00");
  ana.ChangeDate("2026-02-08");
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 COMPLETED",
                                                 "untold.2026-03-02~2 03-02 15:00 DUE"));
  ana.ChangeDate("2026-02-20");
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 COMPLETED",
                                                 "untold.2026-03-02~2 03-02 15:00 CANCELLED/MOVED_BY_REANCHOR"));
}

TEST_F(ChangeTasksTest, APatientWhoLastHeardAnotherStartIsATask) {
  ToldWorld ana = Enrolled({OfVisit("review", "BOOKED", On("eve", {-1}, {"08:00"})), NeverToldTask()});
  ana.Book("05-31 10:00");
  ana.Play("05-30 12:00");
  const v1::PlanDiff diff = ana.Book("05-30 20:00");
  EXPECT_EQ(diff.never_told_count(), 1);
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-05-30 05-30 12:00 DUE"));
  ana.Book("05-31 10:00");
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-05-30 05-30 12:00 CANCELLED/MOVED_BY_REANCHOR"));
}

TEST_F(ChangeTasksTest, AVisitWhoseWindowMovesAwayStaysBookedAndIsATask) {
  ToldWorld ana = Enrolled({OutsideTask()});
  EXPECT_EQ(ana.Book("05-31 10:00").visits_outside_window_count(), 0);
  EXPECT_THAT(OfRule(ana, "outside"), IsEmpty());
  ana.Skip("03-02 12:00");
  const v1::PlanDiff diff = ana.ChangeDate("2026-05-02");
  EXPECT_THAT(diff.visits_outside_window(), ElementsAre(absl::StrCat(ana.enrollment(), "/visits/review")));
  EXPECT_EQ(diff.visits_outside_window_count(), 1);
  EXPECT_THAT(OfRule(ana, "outside"), ElementsAre("outside.2025-05-31 03-02 12:00 DUE"));
  // It is named once.
  EXPECT_EQ(ana.ChangeDate("2026-05-03").visits_outside_window_count(), 0);
}

TEST_F(ChangeTasksTest, ATaskForAnAppointmentEndsWhenItIsBookedAnew) {
  ToldWorld ana = Enrolled({OutsideTask()});
  ana.Book("05-31 10:00");
  ana.Skip("03-02 12:00");
  ana.ChangeDate("2026-05-02");
  ana.Book("07-31 10:00");
  EXPECT_THAT(OfRule(ana, "outside"), ElementsAre("outside.2025-05-31 03-02 12:00 CANCELLED/VISIT_CHANGED"));
}

TEST_F(ChangeTasksTest, WhatIsBookedOutsideItsWindowOnPurposeIsNoTask) {
  ToldWorld ana = Enrolled({OutsideTask()});
  EXPECT_EQ(ana.Book("12-20 10:00").visits_outside_window_count(), 0);
  EXPECT_THAT(OfRule(ana, "outside"), IsEmpty());
  EXPECT_EQ(ana.ChangeDate("2026-03-05").visits_outside_window_count(), 0);
}

TEST_F(ChangeTasksTest, ARevisionWithoutTheTaskDoesNotForgetWhatIsUntold) {
  const v1::Rule one = On("one", {3}, {"08:00"});
  ToldWorld ana = DatedBack({one, NeverToldTask()});
  ana.Revise({one});
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 CANCELLED/MOVED_BY_REANCHOR"));
  ana.Revise({one, NeverToldTask()});
  EXPECT_THAT(OfRule(ana, "untold"), ElementsAre("untold.2026-03-02 03-02 12:00 DUE"));
}

TEST_F(ChangeTasksTest, AnAppointmentThatComesToLieOutsideItsWindowAgainIsAnotherTask) {
  ToldWorld ana = Enrolled({On("one", {3}, {"08:00"}), OutsideTask()});
  ana.Book("05-31 10:00");
  ana.ChangeDate("2026-04-20");
  const std::vector<std::string> first = OfRule(ana, "outside");
  ASSERT_EQ(first.size(), 1u);
  ana.Complete(first[0].substr(0, first[0].find(' ')));
  ana.ChangeDate("2026-03-02");
  ana.Skip("03-03 10:00");
  const v1::PlanDiff diff = ana.ChangeDate("2026-04-21");
  EXPECT_EQ(diff.visits_outside_window_count(), 1);
  EXPECT_EQ(OfRule(ana, "outside").size(), 2u) << "the first was done, for the first problem";
}

TEST_F(ChangeTasksTest, ATaskSaysWhatIsUntold) {
  ToldWorld ana = DatedBack({On("one", {3}, {"08:00"}), NeverToldTask()});
  const auto task = world_.Get(ana.NameOf("untold.2026-03-02"));
  ASSERT_TRUE(task.ok());
  ASSERT_FALSE(task->steps().empty());
  EXPECT_THAT(task->steps(0).description(), ::testing::HasSubstr("one.2026-03-05 (day 3)"));
}

// A task names some and says how many more it knows of, at most a hundred in all.
TEST_F(ChangeTasksTest, ATaskKnowsOfAHundredMessagesAtMost) {
  ToldWorld ana = Enrolled({Daily("ice", 1, 60, {"08:00", "20:00"}), NeverToldTask()});
  ana.Skip("03-02 12:00");
  EXPECT_EQ(ana.ChangeDate("2025-11-01").never_told_count(), 120);
  const auto task = world_.Get(ana.NameOf("untold.2026-03-02"));
  ASSERT_TRUE(task.ok());
  ASSERT_FALSE(task->steps().empty());
  EXPECT_THAT(task->steps(0).description(), ::testing::HasSubstr(" and 80 more"));
}

}  // namespace
}  // namespace aftercare::engine
