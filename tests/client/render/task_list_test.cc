#include "services/client/render/task_list.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/testing.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;

const absl::CivilMinute kDue(2026, 3, 3, 8, 0);  // The deadline of a task is two hours later.

absl::Time At(absl::CivilMinute time) { return absl::FromCivil(time, absl::UTCTimeZone()); }

v1::Reminder& AddTask(TimelineMaker& maker, const std::string& id, v1::Urgency urgency, absl::CivilMinute due = kDue) {
  v1::Reminder& task = maker.Add(id, "p", "nurse", due, v1::REMINDER_STATE_DUE, v1::AUDIENCE_CARE_TEAM);
  task.set_urgency(urgency);
  return task;
}

std::vector<v1::Reminder> TasksOf(const TimelineMaker& maker) {
  return {maker.timeline.reminders().begin(), maker.timeline.reminders().end()};
}

TEST(TaskListTest, ATaskIsALineWithItsUrgencyDeadlineStepAndWhoSeesToIt) {
  TimelineMaker maker;
  v1::Reminder& escalated = AddTask(maker, "call.2026-03-03", v1::URGENCY_EMERGENCY);
  escalated.set_escalation_step(2);
  escalated.set_category("on-call");
  AddTask(maker, "note.2026-03-03", v1::URGENCY_ROUTINE, kDue + 1);
  plan::SetTimestamp(At(kDue + 30), maker.timeline.mutable_reminders(1)->mutable_acknowledge_time());
  EXPECT_EQ(RenderTasks(TasksOf(maker), At(kDue + 120), {}),
            "URGENCY    DEADLINE (UTC)            TASK                 PATIENT  CATEGORY  STEP  ACKNOWLEDGED      "
            "TEXT\n"
            "emergency  2026-03-03 10:00 OVERDUE  ana/call.2026-03-03  P-17     on-call      2  no                "
            "Text of call.\n"
            "routine    2026-03-03 10:01          ana/note.2026-03-03  P-17     nurse        0  2026-03-03 08:30  "
            "Text of note.\n");
}

TEST(TaskListTest, WhoWasToldIsShownIfAnyTeamIs) {
  TimelineMaker maker;
  v1::Reminder& told = AddTask(maker, "a.2026-03-03", v1::URGENCY_EMERGENCY);
  told.set_team("nurses");
  plan::SetTimestamp(At(kDue + 2), told.mutable_notify_time());
  v1::Reminder& waits = AddTask(maker, "b.2026-03-03", v1::URGENCY_EMERGENCY);
  waits.set_team("nurses");
  waits.set_channel(v1::CHANNEL_SMS);
  v1::Reminder& failed = AddTask(maker, "c.2026-03-03", v1::URGENCY_EMERGENCY);
  failed.set_team("on-call");
  failed.set_reason(v1::REMINDER_REASON_TEAM_NOT_REACHED);
  AddTask(maker, "d.2026-03-03", v1::URGENCY_EMERGENCY).set_team("unknown-to-the-clinic");
  const std::string list = RenderTasks(TasksOf(maker), At(kDue), {});
  EXPECT_THAT(list, testing::ContainsRegex("ACKNOWLEDGED +TOLD +TEXT\n"));
  EXPECT_THAT(list, testing::ContainsRegex("ana/a.2026-03-03 .* no +nurses 2026-03-03 08:02 +Text of a"));
  EXPECT_THAT(list, testing::ContainsRegex("ana/b.2026-03-03 .* no +nurses not yet +Text of b"));
  EXPECT_THAT(list, testing::ContainsRegex("ana/c.2026-03-03 .* no +on-call not reached +Text of c"));
  EXPECT_THAT(list, testing::ContainsRegex("ana/d.2026-03-03 .* no +Text of d"));
}

TEST(TaskListTest, TheMostUrgentComesFirstThenTheEarliestDeadline) {
  TimelineMaker maker;
  AddTask(maker, "a.2026-03-03", v1::URGENCY_ROUTINE);
  AddTask(maker, "b.2026-03-03", v1::URGENCY_URGENT, kDue + 1);
  AddTask(maker, "c.2026-03-03", v1::URGENCY_EMERGENCY, kDue + 2);
  AddTask(maker, "d.2026-03-03", v1::URGENCY_URGENT);
  AddTask(maker, "e.2026-03-03", v1::URGENCY_URGENT);
  std::vector<v1::Reminder> tasks = TasksOf(maker);
  SortTasks(&tasks);
  std::vector<std::string> order;
  for (const v1::Reminder& task : tasks) order.push_back(task.text());
  EXPECT_THAT(order, ElementsAre("Text of c.", "Text of d.", "Text of e.", "Text of b.", "Text of a."))
      << "what is alike keeps its order";
}

TEST(TaskListTest, ListsFitTheTerminal) {
  TimelineMaker maker;
  AddTask(maker, "call.2026-03-03", v1::URGENCY_ROUTINE).set_text(std::string(300, 'x'));
  for (const int width : {40, 80, 100, 160}) {
    ListStyle style;
    style.width = width;
    ExpectFits(RenderTasks(TasksOf(maker), At(kDue), style), width);
  }
}

}  // namespace
}  // namespace aftercare::client
