// The logs of tasks about signs of danger, for the functions that put faults into histories. Line numbers are those of
// one task. Not thread safe.
#ifndef AFTERCARE_TESTS_HISTORY_TASK_LOG_H_
#define AFTERCARE_TESTS_HISTORY_TASK_LOG_H_

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/history/index.h"

namespace aftercare::history {

// The log of one task: for each of its lines the place in the clinic's log.
struct TaskLog {
  std::string name;
  google::protobuf::RepeatedField<int32_t>* log = nullptr;
  std::vector<int> lines;
};

inline const v1::ReminderChange& ChangeAt(const History& history, const TaskLog& task, size_t line) {
  return history.events(task.log->Get(task.lines[line])).reminder();
}

// Copies the event of a line, so that watchers keep theirs, and returns the copy to be changed.
inline v1::ReminderChange* OwnChange(History* history, const TaskLog& task, size_t line) {
  const int place = task.log->Get(task.lines[line]);
  task.log->Set(task.lines[line], history->events_size());
  v1::Event* copy = history->add_events();
  *copy = history->events(place);
  return copy->mutable_reminder();
}

inline void EraseLine(const TaskLog& task, size_t line) { task.log->erase(task.log->begin() + task.lines[line]); }

// Inserts an event after a line.
inline void InsertAfter(History* history, const TaskLog& task, size_t line, const v1::Event& event) {
  task.log->Add(history->events_size());
  *history->add_events() = event;
  std::rotate(task.log->begin() + task.lines[line] + 1, task.log->end() - 1, task.log->end());
}

inline std::vector<TaskLog> TasksOf(History* history) {
  std::map<std::string, TaskLog> tasks;
  for (Clinic& clinic : *history->mutable_clinics()) {
    for (int i = 0; i < clinic.log_size(); ++i) {
      const std::string& name = history->events(clinic.log(i)).reminder().name();
      if (!IsAlarm(name)) continue;
      TaskLog& task = tasks[name];
      task.name = name;
      task.log = clinic.mutable_log();
      task.lines.push_back(i);
    }
  }
  std::vector<TaskLog> all;
  for (const auto& [name, task] : tasks) all.push_back(task);
  return all;
}

// Returns the line that first tells of the acknowledgement. 0 if none does.
inline size_t LineOfAcknowledgement(const History& history, const TaskLog& task) {
  for (size_t line = 0; line < task.lines.size(); ++line) {
    if (ChangeAt(history, task, line).has_acknowledge_time()) return line;
  }
  return 0;
}

// Changes the first task for which `change` returns true.
inline bool ChangeTask(History* history, const std::function<bool(const TaskLog& task)>& change) {
  const std::vector<TaskLog> tasks = TasksOf(history);
  return std::any_of(tasks.begin(), tasks.end(), change);
}

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_TASK_LOG_H_
