// Promises 1 and 7 for signs of danger: each that was acknowledged has set off one task, and nothing else has.
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/history/checks.h"

namespace aftercare::history {
namespace {

// What a task may come to: it is done, or the enrollment ends.
bool MayEndSo(const Index& index, const v1::Reminder& task) {
  switch (task.state()) {
    case v1::REMINDER_STATE_DUE:
      return true;
    case v1::REMINDER_STATE_COMPLETED:
      return index.MayHaveHappened(task.name(), Change::KIND_COMPLETE);
    case v1::REMINDER_STATE_CANCELLED:
      return task.reason() == v1::REMINDER_REASON_ENROLLMENT_ENDED;
    default:
      return false;
  }
}

// The signs of danger that patients wrote.
struct Signs {
  std::map<std::string, std::set<std::string>> replies;  // By task: the acknowledged replies that set it off.
  std::set<std::string> unknown;  // Enrollments whose patient may have written one that was not acknowledged.
};

Signs SignsOf(const Index& index, Faults* faults) {
  Signs signs;
  for (const auto& [id, wish] : index.wishes) {
    if (wish.change.kind() != Change::KIND_DANGER || !wish.possible()) continue;
    if (!wish.done) {
      signs.unknown.insert(wish.change.name());
    } else if (wish.change.task().empty()) {
      faults->Add("promise 7: ", wish.change.reply(), " has a sign of danger that was not seen");
    } else {
      signs.replies[wish.change.task()].insert(wish.change.reply());
    }
  }
  return signs;
}

}  // namespace

void CheckReactions(const Index& index, Faults* faults) {
  const Signs signs = SignsOf(index, faults);
  for (const auto& [task, causes] : signs.replies) {
    const auto found = index.last_reminders.find(task);
    if (found == index.last_reminders.end()) {
      faults->Add("promise 7: ", *causes.begin(), " has a sign of danger, and there is no ", task);
    } else if (!MayEndSo(index, *found->second)) {
      faults->Add("promise 7: ", task, " is about a sign of danger, and is ", Word(found->second->state()), " ",
                  Word(found->second->reason()));
    }
  }
  std::map<std::string, std::string> tasks;  // By cause.
  for (const v1::Reminder& reminder : index.history.timelines()) {
    if (!IsAlarm(reminder.name())) continue;
    const auto known = signs.replies.find(reminder.name());
    const bool is_cause = known != signs.replies.end() && known->second.count(reminder.cause()) > 0;
    if (!is_cause && signs.unknown.count(EnrollmentOf(reminder.name())) == 0) {
      faults->Add("promise 7: ", reminder.name(), " is about '", reminder.cause(), "', which did not set it off");
    }
    // A count in its name would say that the minute has another task.
    const bool is_first = tasks.emplace(reminder.cause(), reminder.name()).second;
    if (!is_first || reminder.name().find('~') != std::string::npos) {
      faults->Add("promise 7: ", reminder.cause(), " has two tasks: ", reminder.name());
    }
  }
}

}  // namespace aftercare::history
