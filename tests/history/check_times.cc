// Promise 1 for time: nothing is offered before it is due, and nothing beyond its window.
#include <algorithm>

#include "tests/history/checks.h"

namespace aftercare::history {
namespace {

// The lines that say the lease runs; the first is the lease itself, later ones change the reminder's window.
std::vector<Line> LinesOfLease(const Index& index, const v1::Lease& lease) {
  std::vector<Line> lines;
  const auto found = index.reminders.find(lease.reminder());
  if (found == index.reminders.end()) return lines;
  for (const Line& line : found->second) {
    const v1::ReminderChange& change = line.event->reminder();
    if (change.state() == v1::REMINDER_STATE_LEASED && change.attempts() == lease.attempt()) lines.push_back(line);
  }
  return lines;
}

// Returns whether nothing may be leased beyond the expire_time: it is that of a message, or of a task that goes its
// next step then.
bool HasWindow(const Index& index, const v1::ReminderChange& change) {
  return !IsAlarm(change.name()) ||
         change.escalation_step() < index.clinics.at(ClinicOf(change.name()))->steps_size();
}

void CheckLease(const Index& index, const Held& held, Faults* faults) {
  const v1::Lease& lease = *held.lease;
  const Observation& call = *held.observation;
  const ClockBounds& clock = index.ClockOf(lease.reminder());
  const auto fault = [&](const auto&... what) {
    faults->Add("promise 1: ", lease.reminder(), ": lease ", lease.attempt(), " ", what...);
  };
  if (Micros(lease.due_time()) > clock.AtMost(call)) fault("was given before it was due");
  if (Micros(lease.expire_time()) <= clock.AtLeast(call)) fault("had ended when it was asked for");
  const std::vector<Line> lines = LinesOfLease(index, lease);
  if (lines.empty()) return;  // CheckDeliveriesAreKept says so
  const int64_t time = Micros(lines[0].event->event_time());
  const v1::ReminderChange& change = lines[0].event->reminder();
  if (Micros(change.due_time()) != Micros(lease.due_time())) fault("has another due time than the log");
  if (HasWindow(index, change) && Micros(lease.expire_time()) > Micros(change.expire_time())) {
    fault("reaches beyond the reminder's window");
  }
  if (time < clock.AtLeast(call) || time > clock.AtMost(call)) fault("was given at another time than the log says");
  int64_t window = 0;
  for (const Line& line : lines) window = std::max(window, Micros(line.event->reminder().expire_time()));
  if (HasWindow(index, lines.back().event->reminder()) && held.expire > window) {
    fault("was extended beyond the reminder's window");
  }
}

void CheckLine(const Index& index, const Line& line, const v1::ReminderChange* before, Faults* faults) {
  const v1::ReminderChange& change = line.event->reminder();
  const int64_t time = Micros(line.event->event_time());
  const bool offered = change.state() == v1::REMINDER_STATE_DUE || change.state() == v1::REMINDER_STATE_LEASED;
  if (offered && time < Micros(change.due_time())) {
    faults->Add("promise 1: ", change.name(), " is ", Word(change.state()), " before it is due, by the log");
  }
  const bool runs_on = before != nullptr && before->state() == v1::REMINDER_STATE_LEASED &&
                       before->attempts() == change.attempts();
  const bool leased = change.state() == v1::REMINDER_STATE_LEASED && !runs_on;
  if (leased && HasWindow(index, change) && time >= Micros(change.expire_time())) {
    faults->Add("promise 1: ", change.name(), " was leased when its window had closed, by the log");
  }
}

}  // namespace

void CheckTimes(const Index& index, Faults* faults) {
  for (const auto& [id, held] : index.held) CheckLease(index, held, faults);
  for (const auto& [name, lines] : index.reminders) {
    const v1::ReminderChange* before = nullptr;
    for (const Line& line : lines) {
      CheckLine(index, line, before, faults);
      before = &line.event->reminder();
    }
  }
}

}  // namespace aftercare::history
