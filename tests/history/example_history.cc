#include "tests/history/example_history.h"

#include <string>

#include "tests/history/history_builder.h"

namespace aftercare::history {
namespace {

// What one patient's messages may come to.
void AddAna(HistoryBuilder& builder) {
  const std::string ana = "clinics/riverside/enrollments/ana";
  const std::string task = ana + "/reminders/task.2026-03-03";
  const std::string first = ana + "/reminders/ice.2026-03-03";
  const std::string second = ana + "/reminders/ice.2026-03-04";
  builder.Enroll("ana");
  builder.Look(ana);
  builder.Decide("ana", v1::CONSENT_GRANTED);
  builder.Decide("ana", v1::CONSENT_REFUSED);
  for (const char* occurrence : kOccurrences) builder.Become(ana + "/reminders/" + occurrence, v1::REMINDER_STATE_DUE);
  builder.Change(Change::KIND_COMPLETE, task, [&] { builder.Become(task, v1::REMINDER_STATE_COMPLETED); });
  const std::string hung = builder.Lease(first);
  const std::string released = builder.Lease(second);
  builder.Report(released, v1::DELIVERY_OUTCOME_RELEASED, v1::REMINDER_STATE_DUE);
  builder.BeginList("list");
  builder.Report(builder.Lease(second), v1::DELIVERY_OUTCOME_SENT, v1::REMINDER_STATE_SENT);
  builder.Report(second + "#2", v1::DELIVERY_OUTCOME_DELIVERED, v1::REMINDER_STATE_DELIVERED);
  builder.Wait(60);
  builder.TellEnded(hung);
  builder.Report(builder.Lease(first), v1::DELIVERY_OUTCOME_SENT, v1::REMINDER_STATE_SENT);
  builder.Report(hung, v1::DELIVERY_OUTCOME_SENT, v1::REMINDER_STATE_SENT);
  builder.Look(first);
}

// Tasks about signs of danger, of which teams are told.
struct Tasks {
  std::string alone;  // nobody sees to it
  std::string seen;   // somebody acknowledges it after the nurses were told
  std::string soon;   // somebody acknowledges it before that
  std::string done;   // somebody completes it while a gateway has it
};

Tasks AddTasks(HistoryBuilder& builder) {
  Tasks tasks;
  tasks.alone = builder.SayDanger("ben", "0801");
  tasks.seen = builder.SayDanger("ben", "0802");
  tasks.done = builder.SayDanger("ben", "0803");
  tasks.soon = builder.SayDanger("ben", "0804");
  builder.ReportToTeam(builder.Lease(tasks.alone), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
  builder.ReportToTeam(builder.Lease(tasks.alone), v1::DELIVERY_OUTCOME_SENT);
  builder.ReportToTeam(builder.Lease(tasks.seen), v1::DELIVERY_OUTCOME_SENT);
  builder.ReportToTeam(tasks.seen + "#1", v1::DELIVERY_OUTCOME_BOUNCED);
  builder.ReportToTeam(builder.Lease(tasks.seen), v1::DELIVERY_OUTCOME_RELEASED);
  builder.ReportToTeam(builder.Lease(tasks.seen), v1::DELIVERY_OUTCOME_SENT);
  builder.Acknowledge(tasks.seen);
  builder.ReportToTeam(builder.Lease(tasks.soon), v1::DELIVERY_OUTCOME_RELEASED);
  builder.Acknowledge(tasks.soon);
  builder.Lease(tasks.done);
  builder.Change(Change::KIND_COMPLETE, tasks.done, [&] {
    builder.Become(tasks.done, v1::REMINDER_STATE_COMPLETED);
  });
  return tasks;
}

// Was told the first message before the procedure was postponed, and is told it again.
void AddGil(HistoryBuilder& builder) {
  const std::string told = "clinics/riverside/enrollments/gil/reminders/ice.2026-03-03";
  builder.Enroll("gil");
  builder.Say("+15552", v1::CONSENT_REFUSED);
  builder.Become(told, v1::REMINDER_STATE_DUE);
  builder.Say("+15552", v1::CONSENT_GRANTED);
  builder.Report(builder.Lease(told), v1::DELIVERY_OUTCOME_SENT, v1::REMINDER_STATE_SENT);
  builder.Postpone("gil");
}

}  // namespace

History ExampleHistory() {
  HistoryBuilder builder;
  builder.AddWatcher("first", Watcher::START_FIRST);
  builder.AddWatcher("tasks", Watcher::START_FIRST)->mutable_filter()->add_categories("task");
  builder.Wait(20);
  AddAna(builder);
  AddGil(builder);
  builder.Enroll("ben");
  builder.Update("ben", "Benjamin");
  const Tasks tasks = AddTasks(builder);
  const std::string reminder = "clinics/riverside/enrollments/ben/reminders/ice.2026-03-03";
  builder.Change(Change::KIND_CANCEL, reminder, [&] {
    builder.Become(reminder, v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_CANCELLED_BY_CLINIC);
  });
  builder.Change(Change::KIND_ADVANCE, kSandbox, [] {},
                [](Change* change) { change->set_micros(kStart + kWindow); });
  builder.Wait(3600);
  builder.Become("clinics/riverside/enrollments/ana/reminders/ice.2026-03-05", v1::REMINDER_STATE_EXPIRED,
                v1::REMINDER_REASON_WINDOW_CLOSED);
  builder.Redrive("clinics/riverside/enrollments/ben/reminders/ice.2026-03-04");
  builder.Escalate(tasks.alone);
  builder.Wait(600);
  builder.Escalate(tasks.alone);
  builder.ReportToTeam(builder.Lease(tasks.alone), v1::DELIVERY_OUTCOME_SENT);
  builder.Wait(1200);
  for (const std::string& task : {tasks.alone, tasks.seen, tasks.soon}) {
    builder.Become(task, v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_ENROLLMENT_ENDED);
  }
  builder.End("ana", kOccurrences);
  builder.End("ben", kOccurrences);
  builder.End("gil", kPostponedOccurrences);
  return builder.Finish();
}

}  // namespace aftercare::history
