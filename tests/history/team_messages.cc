#include "tests/history/team_messages.h"

#include <algorithm>

namespace aftercare::history {

ToldTeam TeamAfter(const Clinic& clinic, int steps) {
  ToldTeam told;
  std::string id = clinic.notify_team();
  for (int step = 1; step <= std::min(steps, clinic.steps_size()); ++step) {
    if (clinic.steps(step - 1).notify_team().empty()) continue;
    id = clinic.steps(step - 1).notify_team();
    told.step = step;
  }
  const auto found = std::find_if(clinic.care_teams().begin(), clinic.care_teams().end(),
                                  [&](const v1::CareTeam& team) { return team.id() == id; });
  if (found != clinic.care_teams().end()) told.team = &*found;
  return told;
}

int StepOfLease(const Index& index, const v1::Lease& lease) {
  if (!IsAlarm(lease.reminder())) return 0;
  const auto lines = index.reminders.find(lease.reminder());
  if (lines == index.reminders.end()) return -1;
  for (const Line& line : lines->second) {
    const v1::ReminderChange& change = line.event->reminder();
    if (change.state() != v1::REMINDER_STATE_LEASED || change.attempts() != lease.attempt()) continue;
    return TeamAfter(*index.clinics.at(ClinicOf(lease.reminder())), change.escalation_step()).step;
  }
  return -1;
}

std::map<std::pair<std::string, int>, Tries> LeasesByMessage(const Index& index) {
  std::map<std::pair<std::string, int>, Tries> messages;
  for (const auto& [name, holders] : index.holders) {
    for (const Held* held : holders) messages[{name, StepOfLease(index, *held->lease)}].push_back(held);
  }
  return messages;
}

bool MayHaveCounted(const Observation& report) { return report.outcome() != OUTCOME_REFUSED; }

bool MayHaveBounced(const Tries& tries, const Observation& sent, int64_t moment) {
  for (const Held* held : tries) {
    for (const Observation* report : held->reports) {
      const bool bounced = report->report().outcome() == v1::DELIVERY_OUTCOME_BOUNCED && MayHaveCounted(*report);
      if (!bounced || report->asked() > moment) continue;
      const bool is_its_own = report->report().lease_id() == sent.report().lease_id();
      // What had no answer may have been done later.
      const bool is_later = report->outcome() == OUTCOME_UNKNOWN || report->answered() > sent.asked();
      if (is_its_own || is_later) return true;
    }
  }
  return false;
}

}  // namespace aftercare::history
