// Promise 2: every occurrence ends in exactly one terminal state with a reason.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
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

// Returns the last segment of a reminder's name, without the count of what was told under that name before.
std::string OccurrenceOf(const std::string& reminder) {
  const std::string id = reminder.substr(reminder.rfind('/') + 1);
  return id.substr(0, id.find('~'));
}

std::string RuleOf(const std::string& occurrence) { return occurrence.substr(0, occurrence.find('.')); }

// Returns the occurrences of the enrollment's plan: those of its clinic, as many days later as its procedure is.
std::set<std::string> PlanOf(const Clinic& clinic, const v1::Enrollment& enrollment) {
  absl::CivilDay from;
  absl::CivilDay to;
  absl::ParseCivilTime(clinic.procedure_date(), &from);
  absl::ParseCivilTime(enrollment.procedure_date(), &to);
  constexpr size_t kDateLength = 10;
  std::set<std::string> plan;
  for (const std::string& occurrence : clinic.occurrences()) {
    const size_t date = occurrence.find('.') + 1;
    absl::CivilDay day;
    absl::ParseCivilTime(occurrence.substr(date, kDateLength), &day);
    plan.insert(absl::StrCat(occurrence.substr(0, date), absl::FormatCivilTime(day + (to - from)),
                             occurrence.substr(date + kDateLength)));
  }
  return plan;
}

// Returns whether a reminder may stand for an occurrence of another name: it was told for another procedure date, or
// somebody called it off or moved it.
bool MayStandForAnother(const Index& index, const v1::Reminder& reminder) {
  return IsSent(reminder.state(), reminder.reason()) ||
         reminder.reason() == v1::REMINDER_REASON_CANCELLED_BY_CLINIC ||
         index.MayHaveHappened(reminder.name(), Change::KIND_MOVE);
}

// Checks that one enrollment shows every occurrence of its plan: by its own name, or by a reminder that stands for it;
// and besides only what happened.
void CheckTimeline(const Index& index, const v1::Enrollment& enrollment, const std::vector<const v1::Reminder*>& shown,
                   Faults* faults) {
  std::set<std::string> plan = PlanOf(*index.clinics.at(ClinicOf(enrollment.name())), enrollment);
  std::vector<const v1::Reminder*> logged;
  for (const v1::Reminder* reminder : shown) {
    if (index.reminders.count(reminder->name()) > 0) {
      logged.push_back(reminder);
    } else if (plan.erase(OccurrenceOf(reminder->name())) == 0) {
      faults->Add("promise 2: ", reminder->name(), " is neither in the plan nor in the log");
    }
  }
  std::map<std::string, int> others;  // by rule: reminders that may stand for an occurrence of another name
  for (const v1::Reminder* reminder : logged) {
    const std::string occurrence = OccurrenceOf(reminder->name());
    if (plan.erase(occurrence) == 0 && MayStandForAnother(index, *reminder)) ++others[RuleOf(occurrence)];
  }
  for (const std::string& missing : plan) {
    if (--others[RuleOf(missing)] < 0) faults->Add("promise 2: ", enrollment.name(), " has nothing for ", missing);
  }
}

// Checks that each enrollment shows every occurrence of its plan, and no name twice.
void CheckAllAreThere(const Index& index, Faults* faults) {
  std::map<std::string, std::vector<const v1::Reminder*>> shown;
  std::set<std::string> names;
  for (const v1::Reminder& reminder : index.history.timelines()) {
    shown[EnrollmentOf(reminder.name())].push_back(&reminder);
    if (!names.insert(reminder.name()).second) faults->Add("promise 2: ", reminder.name(), " is shown twice");
  }
  for (const auto& [name, enrollment] : index.last_enrollments) {
    CheckTimeline(index, *enrollment, shown[name], faults);
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
