// Promises 1, 3 and 7 for the messages that tell care teams of tasks about signs of danger: each team that the rule or
// a step of the task names is offered a message of its own, at its own addresses, until a gateway has sent that or
// somebody has seen to the task. What was sent is kept, and nobody is told afterwards.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "tests/history/checks.h"
#include "tests/history/team_messages.h"

namespace aftercare::history {
namespace {

// Returns whether a change of that kind to `name` may have taken effect, and was asked for before `moment`.
bool MayHaveBeenAskedBefore(const Index& index, const std::string& name, Change::Kind kind, int64_t moment) {
  const auto found = index.wishes_for.find(name);
  if (found == index.wishes_for.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const Wish* wish) {
    return wish->change.kind() == kind && wish->possible() && wish->asked < moment;
  });
}

// Returns whether somebody may have seen to the task before `moment`, or the patient's enrollment may have ended.
bool MayBeOverBefore(const Index& index, const std::string& task, int64_t moment) {
  return MayHaveBeenAskedBefore(index, task, Change::KIND_ACKNOWLEDGE, moment) ||
         MayHaveBeenAskedBefore(index, task, Change::KIND_COMPLETE, moment) ||
         MayHaveBeenAskedBefore(index, EnrollmentOf(task), Change::KIND_END, moment);
}

bool IsTold(const v1::ReminderChange& change) { return change.has_notify_time(); }

// Checks a lease as its gateway saw it.
void CheckLease(const Index& index, const Held& held, Faults* faults) {
  const v1::Lease& lease = *held.lease;
  const auto fault = [&](const auto&... what) {
    faults->Add("promise 7: ", lease.reminder(), ": lease ", lease.attempt(), " ", what...);
  };
  if (lease.audience() != v1::AUDIENCE_CARE_TEAM) return fault("does not say that it is for a care team");
  const auto wishes = index.wishes_for.find(lease.reminder());
  if (wishes != index.wishes_for.end()) {
    for (const Wish* wish : wishes->second) {
      const bool sees_to_it =
          wish->change.kind() == Change::KIND_ACKNOWLEDGE || wish->change.kind() == Change::KIND_COMPLETE;
      const bool is_before = sees_to_it && wish->done && wish->answered < held.observation->asked();
      if (is_before) fault("was given after somebody had seen to the task");
    }
  }
  const int step = StepOfLease(index, lease);
  const Clinic& clinic = *index.clinics.at(ClinicOf(lease.reminder()));
  const v1::CareTeam* const team = step < 0 ? nullptr : TeamAfter(clinic, step).team;
  if (team == nullptr) return;  // CheckDeliveriesAreKept says so, or CheckEscalations.
  const v1::ContactPoint& address = lease.contact_point();
  const auto& points = team->contact_points();
  const bool is_theirs = std::any_of(points.begin(), points.end(), [&](const v1::ContactPoint& point) {
    return point.channel() == address.channel() && point.address() == address.address();
  });
  if (!is_theirs) fault("goes to an address that is not of team ", team->id());
}

// Checks what the log and gateways say of one message to a team. Lives for one call.
class MessageCheck {
 public:
  // `lines` are those of the task while it has gone the message's step, and no later one that names a team. `next` is
  // when it went such a step. `tries` are the leases of the message.
  MessageCheck(const Index& index, const std::string& task, const ToldTeam& told, std::vector<const v1::Event*> lines,
               int64_t next, const Tries& tries, Faults* faults)
      : index_(index),
        task_(task),
        told_(told),
        lines_(std::move(lines)),
        next_(next),
        tries_(tries),
        faults_(*faults) {}

  void Run() {
    if (told_.team == nullptr) return Fault("has no team to be told");
    CheckOffered(lines_.front()->reminder());
    for (size_t i = 0; i < lines_.size(); ++i) {
      CheckLine(i == 0 ? v1::ReminderChange() : lines_[i - 1]->reminder(), lines_[i]->reminder());
    }
    CheckSentIsKept();
  }

 private:
  template <typename... Parts>
  void Fault(const Parts&... parts) {
    faults_.Add("promise 7: ", task_, " at step ", told_.step, " ", parts...);
  }

  // The message is offered with the team's first address as soon as the task has gone the step.
  void CheckOffered(const v1::ReminderChange& first) {
    const bool is_offered = first.state() == v1::REMINDER_STATE_DUE && first.team() == told_.team->id() &&
                            first.channel() == told_.team->contact_points(0).channel() && !IsTold(first);
    if (!is_offered) Fault("is offered to nobody");
  }

  // Two lines of the log that follow each other, or none and the first.
  void CheckLine(const v1::ReminderChange& before, const v1::ReminderChange& after) {
    if (IsTerminal(before.state())) return;
    const bool has_channel = after.channel() != v1::CHANNEL_UNSPECIFIED;
    const bool is_open = after.state() == v1::REMINDER_STATE_DUE || after.state() == v1::REMINDER_STATE_LEASED;
    if (after.team() != told_.team->id()) Fault("is told to team ", after.team());
    if (IsTold(after) && !IsTold(before)) CheckTold(before);
    if (IsTold(before) && IsTold(after) && Micros(before.notify_time()) != Micros(after.notify_time())) {
      Fault("was told twice");
    }
    const bool is_lost = IsTold(before) && !IsTold(after) && !MayHaveBeen(v1::DELIVERY_OUTCOME_BOUNCED);
    if (is_lost) Fault("was told, which is lost");
    if (!is_open) return;
    if (IsTold(after) && after.state() == v1::REMINDER_STATE_LEASED) Fault("was told, and leased again, by the log");
    if (IsTold(after) && has_channel) Fault("was told, and is still offered");
    if (after.has_acknowledge_time() && (has_channel || after.state() == v1::REMINDER_STATE_LEASED)) {
      Fault("was acknowledged, and is still offered");
    }
    if (!IsTold(after) && !has_channel && !after.has_acknowledge_time()) CheckGivenUp(after);
  }

  void CheckTold(const v1::ReminderChange& before) {
    if (!MayHaveBeen(v1::DELIVERY_OUTCOME_SENT)) Fault("was told by nobody");
    if (before.has_acknowledge_time()) Fault("was told after it had been acknowledged");
  }

  // Nobody is told any more: no address of the team takes the message.
  void CheckGivenUp(const v1::ReminderChange& change) {
    if (change.reason() != v1::REMINDER_REASON_TEAM_NOT_REACHED) return Fault("is offered to nobody any more");
    for (const v1::ContactPoint& point : told_.team->contact_points()) {
      if (!MayHaveFailed(point)) Fault("was given up, though ", point.address(), " had not failed");
    }
  }

  // What was acknowledged as sent is told in the end, unless that came too late or the message came back.
  void CheckSentIsKept() {
    if (IsTold(lines_.back()->reminder())) return;
    for (const Held* held : tries_) {
      for (const Observation* report : held->reports) {
        const bool is_sent =
            report->report().outcome() == v1::DELIVERY_OUTCOME_SENT && report->outcome() == OUTCOME_DONE;
        if (!is_sent || index_.ClockOf(task_).AtMost(*report) >= next_) continue;
        if (MayBeOverBefore(index_, task_, report->answered())) continue;
        if (MayHaveBounced(tries_, *report, std::numeric_limits<int64_t>::max())) continue;
        Fault("was reported sent, which is lost");
      }
    }
  }

  bool MayHaveBeen(v1::DeliveryOutcome outcome) const {
    return std::any_of(tries_.begin(), tries_.end(), [&](const Held* held) {
      return std::any_of(held->reports.begin(), held->reports.end(), [&](const Observation* report) {
        return report->report().outcome() == outcome && MayHaveCounted(*report);
      });
    });
  }

  // Returns whether a gateway may have said that a message to this address failed or came back.
  bool MayHaveFailed(const v1::ContactPoint& point) const {
    return std::any_of(tries_.begin(), tries_.end(), [&](const Held* held) {
      if (held->lease->contact_point().address() != point.address()) return false;
      return std::any_of(held->reports.begin(), held->reports.end(), [](const Observation* report) {
        const v1::DeliveryOutcome outcome = report->report().outcome();
        return MayHaveCounted(*report) && (outcome == v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE ||
                                           outcome == v1::DELIVERY_OUTCOME_PERMANENT_FAILURE ||
                                           outcome == v1::DELIVERY_OUTCOME_BOUNCED);
      });
    });
  }

  const Index& index_;
  const std::string& task_;
  const ToldTeam told_;
  const std::vector<const v1::Event*> lines_;
  const int64_t next_;
  const Tries& tries_;
  Faults& faults_;
};

// Checks each message of one task.
void CheckTask(const Index& index, const std::string& task, const std::vector<Line>& lines,
               const std::map<std::pair<std::string, int>, Tries>& messages, Faults* faults) {
  const Clinic& clinic = *index.clinics.at(ClinicOf(task));
  for (size_t first = 0; first < lines.size();) {
    const ToldTeam told = TeamAfter(clinic, lines[first].event->reminder().escalation_step());
    std::vector<const v1::Event*> of_message;
    size_t end = first;
    for (; end < lines.size(); ++end) {
      if (TeamAfter(clinic, lines[end].event->reminder().escalation_step()).step != told.step) break;
      of_message.push_back(lines[end].event);
    }
    const int64_t next =
        end < lines.size() ? Micros(lines[end].event->event_time()) : std::numeric_limits<int64_t>::max();
    static const Tries& none = *new Tries;
    const auto tries = messages.find({task, told.step});
    MessageCheck(index, task, told, std::move(of_message), next, tries == messages.end() ? none : tries->second, faults)
        .Run();
    first = end;
  }
  const auto last = index.last_reminders.find(task);
  if (last == index.last_reminders.end()) return;  // CheckReactions says so.
  const bool is_told = IsTold(lines.back().event->reminder());
  if (last->second->has_notify_time() != is_told) {
    faults->Add("promise 7: ", task, " was ", is_told ? "" : "not ", "told by the log, in contrast to the end");
  }
}

}  // namespace

void CheckNotices(const Index& index, Faults* faults) {
  for (const auto& [id, held] : index.held) {
    if (IsAlarm(held.lease->reminder())) {
      CheckLease(index, held, faults);
    } else if (held.lease->audience() != v1::AUDIENCE_PATIENT) {
      faults->Add("promise 7: ", held.lease->reminder(), " was leased, and is for no patient and no team");
    }
  }
  const auto messages = LeasesByMessage(index);
  for (const auto& [name, lines] : index.reminders) {
    if (IsAlarm(name)) CheckTask(index, name, lines, messages, faults);
  }
}

}  // namespace aftercare::history
