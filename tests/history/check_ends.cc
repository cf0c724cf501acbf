// Promise 2: every occurrence ends in exactly one terminal state with a reason.
#include <algorithm>
#include <set>

#include "tests/history/checks.h"

namespace aftercare::history {
namespace {

// What may become of what failed, besides what may of everything that was not sent.
bool MayFollowFailure(const Index& index, const v1::ReminderChange& before, const v1::ReminderChange& after) {
  const bool bounced = before.reason() == v1::REMINDER_REASON_BOUNCED;
  if (after.state() == v1::REMINDER_STATE_DELIVERED) return bounced;
  return after.state() == v1::REMINDER_STATE_DUE && !bounced &&
         index.MayHaveHappened(after.name(), Change::KIND_REDRIVE);
}

// What may follow a terminal state: the little that may still happen to what has ended.
bool MayFollow(const Index& index, const v1::ReminderChange& before, const v1::ReminderChange& after) {
  const bool bounced = before.reason() == v1::REMINDER_REASON_BOUNCED;
  switch (before.state()) {
    case v1::REMINDER_STATE_SENT:
      return after.state() == v1::REMINDER_STATE_DELIVERED || after.state() == v1::REMINDER_STATE_COMPLETED ||
             (after.state() == v1::REMINDER_STATE_FAILED && after.reason() == v1::REMINDER_REASON_BOUNCED);
    case v1::REMINDER_STATE_DELIVERED:
      return after.state() == v1::REMINDER_STATE_COMPLETED;
    case v1::REMINDER_STATE_COMPLETED:
      return false;
    default:
      // Sent late; or somebody changed the facts, and it has its time ahead of it again.
      if (before.state() == v1::REMINDER_STATE_FAILED && MayFollowFailure(index, before, after)) return true;
      if (after.state() == v1::REMINDER_STATE_SENT) return !bounced;
      return after.state() == v1::REMINDER_STATE_SCHEDULED && !bounced &&
             index.MayHaveHappened(EnrollmentOf(after.name()), Change::KIND_UPDATE);
  }
}

void CheckPath(const Index& index, const std::string& name, const std::vector<Line>& lines, Faults* faults) {
  for (size_t i = 1; i < lines.size(); ++i) {
    const v1::ReminderChange& before = lines[i - 1].event->reminder();
    const v1::ReminderChange& after = lines[i].event->reminder();
    if (IsTerminal(before.state()) && !MayFollow(index, before, after)) {
      faults->Add("promise 2: ", name, " ended ", Word(before.state()), " and then became ", Word(after.state()));
    }
  }
  const auto last = index.last_reminders.find(name);
  const v1::ReminderChange& change = lines.back().event->reminder();
  if (last == index.last_reminders.end()) {
    // What a changed plan has no place for was called off by it, and is not shown.
    if (!IsTerminal(change.state())) faults->Add("promise 2: ", name, " is gone and was ", Word(change.state()));
  } else if (last->second->state() != change.state() || last->second->reason() != change.reason()) {
    faults->Add("promise 2: ", name, " is ", Word(last->second->state()), " at the end, and ", Word(change.state()),
                " by the log");
  }
}

bool NeedsReason(v1::ReminderState state) {
  return state == v1::REMINDER_STATE_FAILED || state == v1::REMINDER_STATE_EXPIRED ||
         state == v1::REMINDER_STATE_CANCELLED || state == v1::REMINDER_STATE_SUPPRESSED;
}

void CheckEnd(const v1::Reminder& reminder, Faults* faults) {
  const bool has_reason = reminder.reason() != v1::REMINDER_REASON_UNSPECIFIED;
  if (!IsTerminal(reminder.state())) {
    faults->Add("promise 2: ", reminder.name(), " has not ended: it is ", Word(reminder.state()));
  } else if (NeedsReason(reminder.state()) && !has_reason) {
    faults->Add("promise 2: ", reminder.name(), " is ", Word(reminder.state()), " without a reason");
  }
}

// That each enrollment has every occurrence of its pathway, once.
void CheckAllAreThere(const Index& index, Faults* faults) {
  std::map<std::string, std::multiset<std::string>> shown;
  for (const v1::Reminder& reminder : index.history.timelines()) {
    const std::string enrollment = EnrollmentOf(reminder.name());
    shown[enrollment].insert(reminder.name().substr(enrollment.size() + std::string("/reminders/").size()));
  }
  for (const auto& [name, enrollment] : index.last_enrollments) {
    const auto& planned = index.clinics.at(ClinicOf(name))->occurrences();
    const std::multiset<std::string> all(planned.begin(), planned.end());
    if (shown[name] != all) {
      faults->Add("promise 2: ", name, " has ", shown[name].size(), " occurrences, and not the ", all.size(),
                  " of its plan");
    }
  }
}

// That the list of all reminders says what the timelines say.
void CheckList(const Index& index, Faults* faults) {
  std::set<std::string> listed;
  for (const v1::Reminder& reminder : index.history.reminders()) {
    if (!listed.insert(reminder.name()).second) faults->Add("promise 2: ", reminder.name(), " is listed twice");
    const auto found = index.last_reminders.find(reminder.name());
    if (found == index.last_reminders.end() || found->second->state() != reminder.state() ||
        found->second->reason() != reminder.reason()) {
      faults->Add("promise 2: ", reminder.name(), " is listed as ", Word(reminder.state()),
                  ", which its timeline does not say");
    }
  }
  for (const auto& [name, reminder] : index.last_reminders) {
    if (listed.count(name) == 0) faults->Add("promise 2: ", name, " is not listed");
  }
}

}  // namespace

void CheckEnds(const Index& index, Faults* faults) {
  for (const auto& [name, lines] : index.reminders) CheckPath(index, name, lines, faults);
  for (const v1::Reminder& reminder : index.history.timelines()) CheckEnd(reminder, faults);
  CheckAllAreThere(index, faults);
  CheckList(index, faults);
}

}  // namespace aftercare::history
