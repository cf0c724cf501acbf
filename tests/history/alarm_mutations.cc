#include "tests/history/alarm_mutations.h"

#include <string>
#include <vector>

#include "tests/history/index.h"
#include "tests/history/mutation_helpers.h"
#include "tests/history/task_log.h"

namespace aftercare::history {
namespace {

// Returns the line that first tells of a step, or of more. 0 if none does.
size_t LineOfStep(const History& history, const TaskLog& task, int step) {
  for (size_t line = 0; line < task.lines.size(); ++line) {
    if (ChangeAt(history, task, line).escalation_step() >= step) return line;
  }
  return 0;
}

v1::Reminder* LastAlarm(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_DANGER);
  return call == nullptr ? nullptr : LastState(history, call->change().task());
}

bool LoseAlarm(History* history) {
  const v1::Reminder* alarm = LastAlarm(history);
  if (alarm == nullptr) return false;
  const std::string name = alarm->name();
  const auto is_lost = [&](const v1::Reminder& each) { return each.name() == name; };
  EraseIf(history->mutable_reminders(), is_lost);
  return EraseIf(history->mutable_timelines(), is_lost) > 0;
}

bool DoubleAlarm(History* history) {
  const v1::Reminder* alarm = LastAlarm(history);
  if (alarm == nullptr) return false;
  v1::Reminder again = *alarm;
  again.set_name(alarm->name() + "~2");
  *history->add_timelines() = again;
  return true;
}

bool CallAlarmOff(History* history) {
  v1::Reminder* alarm = LastAlarm(history);
  if (alarm == nullptr) return false;
  alarm->set_state(v1::REMINDER_STATE_CANCELLED);
  alarm->set_reason(v1::REMINDER_REASON_MOVED_BY_REANCHOR);
  return true;
}

// A task gets a cause that is none. All that its patient may have written besides was refused.
bool MistakeAlarm(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_DANGER);
  if (call == nullptr) return false;
  const std::string enrollment = call->change().name();
  for (Observation& each : *history->mutable_observations()) {
    const bool may_be_theirs = each.change().kind() == Change::KIND_DANGER && each.change().name() == enrollment;
    if (may_be_theirs && !Done(each)) each.set_outcome(OUTCOME_REFUSED);
  }
  v1::Reminder* alarm = LastAlarm(history);
  if (alarm == nullptr) return false;
  alarm->set_cause("clinics/riverside/replies/another");
  return true;
}

bool OverlookDanger(History* history) {
  Observation* call = DoneChange(history, Change::KIND_DANGER);
  if (call == nullptr) return false;
  call->mutable_change()->clear_task();
  return true;
}

bool SkipStep(History* history) {
  return ChangeTask(history, [&](const TaskLog& task) {
    const size_t first = LineOfStep(*history, task, 1);
    if (first == 0 || LineOfStep(*history, task, 2) != first + 1) return false;
    EraseLine(task, first);
    return true;
  });
}

bool RepeatStep(History* history) {
  return ChangeTask(history, [&](const TaskLog& task) {
    const size_t first = LineOfStep(*history, task, 1);
    if (first == 0) return false;
    const v1::Event again = history->events(task.log->Get(task.lines[first]));
    InsertAfter(history, task, first, again);
    return true;
  });
}

// The log forgets the last step of a task that was left alone.
bool LoseLastStep(History* history) {
  return ChangeTask(history, [&](const TaskLog& task) {
    const size_t last = LineOfStep(*history, task, 2);
    if (last == 0 || last + 1 >= task.lines.size()) return false;
    const v1::ReminderChange before = ChangeAt(*history, task, last - 1);
    for (size_t line = last; line < task.lines.size(); ++line) {
      v1::ReminderChange* change = OwnChange(history, task, line);
      change->set_escalation_step(before.escalation_step());
      *change->mutable_expire_time() = before.expire_time();
    }
    EraseLine(task, last);
    return true;
  });
}

// A step comes although its deadline is an hour later.
bool HurryStep(History* history) {
  return ChangeTask(history, [&](const TaskLog& task) {
    const size_t first = LineOfStep(*history, task, 1);
    if (first == 0) return false;
    google::protobuf::Timestamp* deadline = OwnChange(history, task, first - 1)->mutable_expire_time();
    const int64_t later = history->events(task.log->Get(task.lines[first])).event_time().seconds() + 3600;
    deadline->set_seconds(later);
    return true;
  });
}

bool ChangeDeadline(History* history) {
  return ChangeTask(history, [&](const TaskLog& task) {
    const size_t first = LineOfStep(*history, task, 1);
    if (first == 0) return false;
    v1::ReminderChange* change = OwnChange(history, task, first);
    change->mutable_expire_time()->set_seconds(change->expire_time().seconds() + 1);
    return true;
  });
}

// A step has the urgency of the step before it.
bool DampStep(History* history) {
  return ChangeTask(history, [&](const TaskLog& task) {
    const size_t first = LineOfStep(*history, task, 1);
    if (first == 0) return false;
    OwnChange(history, task, first)->set_urgency(v1::URGENCY_ROUTINE);
    return true;
  });
}

bool EscalateAcknowledged(History* history) {
  return ChangeTask(history, [&](const TaskLog& task) {
    const size_t line = LineOfAcknowledgement(*history, task);
    if (line == 0 || ChangeAt(*history, task, line).state() != v1::REMINDER_STATE_DUE) return false;
    v1::Event step = history->events(task.log->Get(task.lines[line]));
    step.mutable_reminder()->set_escalation_step(step.reminder().escalation_step() + 1);
    InsertAfter(history, task, line, step);
    return true;
  });
}

bool AcknowledgeByNobody(History* history) {
  return ChangeTask(history, [&](const TaskLog& task) {
    if (Index(*history).MayHaveHappened(task.name, Change::KIND_ACKNOWLEDGE)) return false;
    OwnChange(history, task, task.lines.size() - 1)->mutable_acknowledge_time()->set_seconds(1);
    return true;
  });
}

bool LoseAcknowledgement(History* history) {
  return ChangeTask(history, [&](const TaskLog& task) {
    const Observation* call = FindLast(history->mutable_observations(), [&](const Observation& each) {
      return each.change().kind() == Change::KIND_ACKNOWLEDGE && each.change().name() == task.name && Done(each);
    });
    const v1::Reminder* last = LastState(history, task.name);
    const bool completed = last == nullptr || last->state() == v1::REMINDER_STATE_COMPLETED;
    if (call == nullptr || completed || LineOfAcknowledgement(*history, task) == 0) return false;
    for (size_t line = 0; line < task.lines.size(); ++line) OwnChange(history, task, line)->clear_acknowledge_time();
    return true;
  });
}

bool ForgetAcknowledgement(History* history) {
  return ChangeTask(history, [&](const TaskLog& task) {
    const size_t line = LineOfAcknowledgement(*history, task);
    if (line == 0 || line + 1 >= task.lines.size()) return false;
    OwnChange(history, task, line + 1)->clear_acknowledge_time();
    return true;
  });
}

bool ShowAnotherStep(History* history) {
  v1::Reminder* alarm = LastAlarm(history);
  if (alarm == nullptr) return false;
  alarm->set_escalation_step(alarm->escalation_step() + 1);
  return true;
}

}  // namespace

const std::vector<Mutation>& AlarmMutations() {
  static const std::vector<Mutation>& all = *new std::vector<Mutation>{
      {"LostAlarm", " has a sign of danger, and there is no ", LoseAlarm},
      {"DoubledAlarm", " has two tasks: ", DoubleAlarm},
      {"AlarmCalledOff", " is about a sign of danger, and is CANCELLED MOVED_BY_REANCHOR", CallAlarmOff},
      {"AlarmAboutSomethingElse", ", which did not set it off", MistakeAlarm},
      {"DangerOverlooked", " has a sign of danger that was not seen", OverlookDanger},
      {"StepSkipped", " went from step 0 to step 2", SkipStep},
      {"StepRepeated", " went step 1 twice", RepeatStep},
      {"LastStepLost", " passed its deadline at step 1, and did not go to the next", LoseLastStep},
      {"StepTooEarly", " went step 1 before its deadline", HurryStep},
      {"StepWithAnotherDeadline", " has another deadline after step 1", ChangeDeadline},
      {"StepWithoutUrgency", " is not what step 1 makes of it", DampStep},
      {"AcknowledgedTaskEscalated", " was acknowledged, and then went step ", EscalateAcknowledged},
      {"AcknowledgedByNobody", " was acknowledged by nobody", AcknowledgeByNobody},
      {"LostAcknowledgement", " was acknowledged, which is lost", LoseAcknowledgement},
      {"AcknowledgementForgotten", " is no longer acknowledged", ForgetAcknowledgement},
      {"AnotherStepAtTheEnd", " steps at the end, and ", ShowAnotherStep},
  };
  return all;
}

}  // namespace aftercare::history
