// Promise 1 for what gateways do: what they reported and was acknowledged is there, and nothing else is.
#include <algorithm>

#include "tests/history/checks.h"

namespace aftercare::history {
namespace {

bool GivesBack(v1::DeliveryOutcome outcome) {
  return outcome == v1::DELIVERY_OUTCOME_RELEASED || outcome == v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE ||
         outcome == v1::DELIVERY_OUTCOME_PERMANENT_FAILURE;
}

bool IsReceipt(v1::DeliveryOutcome outcome) {
  return outcome == v1::DELIVERY_OUTCOME_DELIVERED || outcome == v1::DELIVERY_OUTCOME_BOUNCED;
}

const std::vector<Line>* LinesOf(const Index& index, const std::string& reminder) {
  const auto found = index.reminders.find(reminder);
  return found == index.reminders.end() ? nullptr : &found->second;
}

// The line after the last one that says the lease runs; null if there is none.
const v1::ReminderChange* AfterLease(const std::vector<Line>& lines, int attempt) {
  const v1::ReminderChange* after = nullptr;
  bool runs = false;
  for (const Line& line : lines) {
    const v1::ReminderChange& change = line.event->reminder();
    const bool leased = change.state() == v1::REMINDER_STATE_LEASED && change.attempts() == attempt;
    if (runs && !leased && after == nullptr) after = &change;
    if (leased) after = nullptr;
    runs = runs || leased;
  }
  return after;
}

// A task that a team was told of stays to be done, or has ended in its own way.
void CheckTaskStays(const std::string& name, const Observation& report, Faults* faults) {
  switch (report.report().state()) {
    case v1::REMINDER_STATE_DUE:
    case v1::REMINDER_STATE_LEASED:  // the report is of an earlier step
    case v1::REMINDER_STATE_COMPLETED:
    case v1::REMINDER_STATE_CANCELLED:
      return;
    default:
      faults->Add("promise 1: ", name, " is a task, was told, and answered to be ", Word(report.report().state()));
  }
}

void CheckLeaseIsKept(const Index& index, const Held& held, Faults* faults) {
  const v1::Lease& lease = *held.lease;
  const std::vector<Line>* lines = LinesOf(index, lease.reminder());
  const bool is_there = lines != nullptr && std::any_of(lines->begin(), lines->end(), [&](const Line& line) {
    return line.event->reminder().state() == v1::REMINDER_STATE_LEASED &&
           line.event->reminder().attempts() == lease.attempt();
  });
  if (!is_there) {
    faults->Add("promise 1: ", lease.reminder(), ": lease ", lease.attempt(), " was given and is not in the log");
  }
}

// Of messages to patients. CheckNotices looks at those to care teams, as it does at their receipts.
void CheckSentIsKept(const Index& index, const Held& held, const Observation& report, Faults* faults) {
  const std::string& name = held.lease->reminder();
  if (IsAlarm(name)) return CheckTaskStays(name, report, faults);
  const v1::ReminderState answered = report.report().state();
  if (!IsSent(answered, v1::REMINDER_REASON_BOUNCED)) {
    faults->Add("promise 1: ", name, " was reported sent, and answered to be ", Word(answered));
  }
  const auto last = index.last_reminders.find(name);
  if (last == index.last_reminders.end() || !IsSent(last->second->state(), last->second->reason())) {
    faults->Add("promise 1: ", name, " was acknowledged as sent, and is ",
                last == index.last_reminders.end() ? "gone" : Word(last->second->state()));
  }
}

// A receipt is of what was sent, and nothing that comes later undoes it.
void CheckReceiptIsKept(const Index& index, const Held& held, const Observation& report, Faults* faults) {
  const std::string& name = held.lease->reminder();
  if (IsAlarm(name)) return;
  const bool arrived = report.report().outcome() == v1::DELIVERY_OUTCOME_DELIVERED;
  const auto last = index.last_reminders.find(name);
  const v1::ReminderState state =
      last == index.last_reminders.end() ? v1::REMINDER_STATE_UNSPECIFIED : last->second->state();
  const bool is_kept = state == v1::REMINDER_STATE_DELIVERED || state == v1::REMINDER_STATE_COMPLETED ||
                       (!arrived && last != index.last_reminders.end() &&
                        last->second->reason() == v1::REMINDER_REASON_BOUNCED);
  if (!is_kept) {
    faults->Add("promise 1: ", name, " was acknowledged as ", arrived ? "delivered" : "bounced", ", and is ",
                Word(state));
  }
  if (!index.MayHaveBeenReported(name, v1::DELIVERY_OUTCOME_SENT)) {
    faults->Add("promise 1: ", name, " has a receipt, and was sent by nobody");
  }
}

// A failure or a release is accepted from the holder only, and ends the lease.
void CheckGivenBack(const Index& index, const Held& held, const Observation& report, Faults* faults) {
  const v1::Lease& lease = *held.lease;
  const std::vector<Line>* lines = LinesOf(index, lease.reminder());
  const v1::ReminderChange* after = lines == nullptr ? nullptr : AfterLease(*lines, lease.attempt());
  const bool ends = after != nullptr && (after->state() == v1::REMINDER_STATE_DUE ||
                                         (after->state() == v1::REMINDER_STATE_FAILED &&
                                          report.report().outcome() != v1::DELIVERY_OUTCOME_RELEASED));
  if (!ends) {
    faults->Add("promise 1: ", lease.reminder(), ": lease ", lease.attempt(), " was given back, which is lost");
  }
  if (index.ClockOf(lease.reminder()).AtLeast(report) >= held.expire) {
    faults->Add("promise 3: ", lease.reminder(), ": lease ", lease.attempt(),
                " was given back by a gateway that no longer held it");
  }
}

// Whether something else than its gateway may have ended the lease of a message before its time: a pause, or the
// patient wants it on another channel.
bool MayHaveBeenTaken(const Index& index, const v1::ReminderChange& change) {
  const std::string enrollment = EnrollmentOf(change.name());
  return index.MayHaveHappened(enrollment, Change::KIND_PAUSE) ||
         index.MayHaveHappened(enrollment, Change::KIND_CONSENT) ||
         index.MayHaveWritten(enrollment, v1::CONSENT_REFUSED);
}

// The same for a task: the team is told, somebody has acknowledged the task, or it has gone a step.
bool MayHaveBeenTakenFromTeam(const v1::ReminderChange& change, const v1::ReminderChange& after) {
  return after.has_notify_time() || after.has_acknowledge_time() || after.escalation_step() > change.escalation_step();
}

// Whether the lease that `change` tells of, and `after` does no more, may have ended before its time.
bool MayHaveBeenGivenBack(const Index& index, const v1::ReminderChange& change, const v1::ReminderChange& after) {
  if (IsAlarm(change.name()) ? MayHaveBeenTakenFromTeam(change, after) : MayHaveBeenTaken(index, change)) return true;
  const Held* holder = index.HolderOf(change);
  if (holder == nullptr) return true;  // it reached no gateway: a stream broke first, and the server took it back
  return std::any_of(holder->reports.begin(), holder->reports.end(), [](const Observation* report) {
    return GivesBack(report->report().outcome()) && report->outcome() != OUTCOME_REFUSED;
  });
}

// Sendings, and ends of leases before their time, are of somebody's report; and a sending is told once.
void CheckWasReported(const Index& index, const std::string& name, const std::vector<Line>& lines, Faults* faults) {
  int sent = 0;
  const v1::ReminderChange* before = nullptr;
  for (const Line& line : lines) {
    const v1::ReminderChange& change = line.event->reminder();
    sent += change.state() == v1::REMINDER_STATE_SENT ? 1 : 0;
    const bool given_back = change.state() == v1::REMINDER_STATE_DUE && before != nullptr &&
                            before->state() == v1::REMINDER_STATE_LEASED;
    if (given_back && !MayHaveBeenGivenBack(index, *before, change)) {
      faults->Add("promise 3: ", name, ": lease ", before->attempts(), " was given back by nobody");
    }
    before = &change;
  }
  if (sent > 0 && !index.MayHaveBeenReported(name, v1::DELIVERY_OUTCOME_SENT)) {
    faults->Add("promise 1: ", name, " was sent by nobody");
  }
  if (sent > 1) faults->Add("promise 3: ", name, " was sent ", sent, " times by the log");
}

// What a gateway was told is over is over: by the log, or since its time has come.
void CheckEnded(const Index& index, const Observation& told, Faults* faults) {
  const Held* held = index.FindHeld(told.ended().lease_id());
  if (held == nullptr) return faults->Add("promise 3: a lease that nobody saw was told to have ended");
  const std::vector<Line>* lines = LinesOf(index, held->lease->reminder());
  const bool is_over = index.ClockOf(held->lease->reminder()).AtMost(told) >= Micros(held->lease->expire_time()) ||
                       (lines != nullptr && AfterLease(*lines, held->lease->attempt()) != nullptr);
  if (!is_over) {
    faults->Add("promise 3: ", held->lease->reminder(), ": lease ", held->lease->attempt(),
                " was told to have ended, and held");
  }
}

}  // namespace

void CheckDeliveriesAreKept(const Index& index, Faults* faults) {
  for (const auto& [id, held] : index.held) {
    CheckLeaseIsKept(index, held, faults);
    for (const Observation* report : held.reports) {
      if (report->outcome() != OUTCOME_DONE) continue;
      if (report->report().outcome() == v1::DELIVERY_OUTCOME_SENT) CheckSentIsKept(index, held, *report, faults);
      if (GivesBack(report->report().outcome())) CheckGivenBack(index, held, *report, faults);
      if (IsReceipt(report->report().outcome())) CheckReceiptIsKept(index, held, *report, faults);
    }
  }
  for (const auto& [name, lines] : index.reminders) CheckWasReported(index, name, lines, faults);
  for (const Observation& observation : index.history.observations()) {
    if (observation.has_ended()) CheckEnded(index, observation, faults);
  }
}

}  // namespace aftercare::history
