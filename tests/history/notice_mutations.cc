#include "tests/history/notice_mutations.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <string>

#include "tests/history/mutation_helpers.h"
#include "tests/history/task_log.h"
#include "tests/history/team_messages.h"

namespace aftercare::history {
namespace {

bool IsSending(const Observation& report) {
  return report.report().outcome() == v1::DELIVERY_OUTCOME_SENT && Done(report);
}

// A message to a team, which a gateway reported sent.
struct SentMessage {
  std::string task;
  int step = 0;
  Tries tries;
  const Held* held = nullptr;
  const Observation* report = nullptr;
};

// Calls `change` for messages to teams that were acknowledged as sent and never came back, until it returns true.
bool ChangeSentMessage(const Index& index, const std::function<bool(const SentMessage&)>& change) {
  for (const auto& [message, tries] : LeasesByMessage(index)) {
    if (!IsAlarm(message.first) || message.second < 0) continue;
    for (const Held* held : tries) {
      for (const Observation* report : held->reports) {
        if (!IsSending(*report) || MayHaveBounced(tries, *report, std::numeric_limits<int64_t>::max())) continue;
        if (change({message.first, message.second, tries, held, report})) return true;
      }
    }
  }
  return false;
}

// Returns the step whose message tells of a task that has gone so many steps.
int StepAfter(const Index& index, const std::string& task, int steps) {
  return TeamAfter(*index.clinics.at(ClinicOf(task)), steps).step;
}

// Returns whether somebody may have seen to the task, or its enrollment may have ended before `moment`.
bool MayHaveBeenSeenTo(const Index& index, const std::string& task, int64_t moment) {
  return index.MayHaveHappened(task, Change::KIND_ACKNOWLEDGE) || index.MayHaveHappened(task, Change::KIND_COMPLETE) ||
         std::any_of(index.wishes.begin(), index.wishes.end(), [&](const auto& entry) {
           const Wish& wish = entry.second;
           return wish.change.kind() == Change::KIND_END && wish.change.name() == EnrollmentOf(task) &&
                  wish.asked < moment;
         });
}

Observation LeasedAgainAt(const Observation& lease, int64_t moment) {
  Observation again = lease;
  again.set_asked(moment + 1);
  again.set_answered(moment + 2);
  again.mutable_lease()->set_lease_id("another");
  return again;
}

bool LeaseToldTask(History* history) {
  const Index index(*history);
  Observation again;
  const bool found = ChangeSentMessage(index, [&](const SentMessage& sent) {
    again = LeasedAgainAt(*sent.held->observation, sent.report->answered());
    return true;
  });
  if (found) *history->add_observations() = again;
  return found;
}

bool MistakeAddress(History* history) {
  Observation* lease = FindLast(history->mutable_observations(),
                                [](const Observation& call) { return IsAlarm(call.lease().reminder()); });
  if (lease == nullptr) return false;
  lease->mutable_lease()->mutable_contact_point()->set_address("+15550000001");
  return true;
}

// A lease of a task, asked for after somebody had acknowledged that.
bool LeaseAcknowledged(History* history) {
  const Index index(*history);
  for (const auto& [id, wish] : index.wishes) {
    const auto holders = index.holders.find(wish.change.name());
    if (wish.change.kind() != Change::KIND_ACKNOWLEDGE || !wish.done || holders == index.holders.end()) continue;
    const Observation again = LeasedAgainAt(*holders->second.back()->observation, wish.answered);
    *history->add_observations() = again;
    return true;
  }
  return false;
}

// The log forgets that a team was told of the last step of a task to which nobody saw.
bool LoseNotice(History* history) {
  const Index index(*history);
  std::string lost;
  const bool found = ChangeSentMessage(index, [&](const SentMessage& sent) {
    lost = sent.task;
    const v1::Reminder& last = *index.last_reminders.at(lost);
    return last.has_notify_time() && sent.step == StepAfter(index, lost, last.escalation_step()) &&
           !MayHaveBeenSeenTo(index, lost, sent.report->answered());
  });
  if (!found) return false;
  LastState(history, lost)->clear_notify_time();
  return ChangeTask(history, [&](const TaskLog& task) {
    if (task.name != lost) return false;
    for (size_t line = 0; line < task.lines.size(); ++line) OwnChange(history, task, line)->clear_notify_time();
    return true;
  });
}

// The line after the one that tells of the notice does not.
bool ForgetNotice(History* history) {
  const Index index(*history);
  return ChangeSentMessage(index, [&](const SentMessage& sent) {
    return ChangeTask(history, [&](const TaskLog& task) {
      if (task.name != sent.task) return false;
      const auto is_told = [&](size_t line) { return ChangeAt(*history, task, line).has_notify_time(); };
      for (size_t line = 1; line < task.lines.size(); ++line) {
        const int steps = ChangeAt(*history, task, line).escalation_step();
        if (StepAfter(index, task.name, steps) != sent.step || !is_told(line - 1) || !is_told(line)) continue;
        OwnChange(history, task, line)->clear_notify_time();
        return true;
      }
      return false;
    });
  });
}

bool ShowUntold(History* history) {
  v1::Reminder* told = FindLast(history->mutable_timelines(), [](const v1::Reminder& each) {
    return each.has_notify_time();
  });
  if (told == nullptr) return false;
  told->clear_notify_time();
  return true;
}

// All that was reported sent of a task of which a team was told was released instead.
bool TellUnasked(History* history) {
  std::string told;
  const bool found = ChangeSentMessage(Index(*history), [&](const SentMessage& sent) {
    told = sent.task;
    const v1::Reminder* last = LastState(history, told);
    return last != nullptr && last->has_notify_time();
  });
  if (!found) return false;
  for (Observation& call : *history->mutable_observations()) {
    if (call.report().outcome() != v1::DELIVERY_OUTCOME_SENT) continue;
    const Observation* lease = LeaseOf(history, call.report().lease_id());
    if (lease->lease().reminder() == told) call.mutable_report()->set_outcome(v1::DELIVERY_OUTCOME_RELEASED);
  }
  return true;
}

// Changes the first line of a task that `is`, seen together with the line before it.
bool ChangeLine(History* history,
                const std::function<bool(const v1::ReminderChange& before, const v1::ReminderChange& after)>& is,
                const std::function<void(v1::ReminderChange* after)>& change) {
  return ChangeTask(history, [&](const TaskLog& task) {
    for (size_t line = 1; line < task.lines.size(); ++line) {
      if (!is(ChangeAt(*history, task, line - 1), ChangeAt(*history, task, line))) continue;
      change(OwnChange(history, task, line));
      return true;
    }
    return false;
  });
}

bool TellAfterAcknowledgement(History* history) {
  return ChangeLine(
      history,
      [](const auto& before, const auto& after) { return before.has_acknowledge_time() && !before.has_notify_time(); },
      [](v1::ReminderChange* after) { after->mutable_notify_time()->set_seconds(1); });
}

bool LeaseToldByLog(History* history) {
  return ChangeLine(
      history, [](const auto& before, const auto& after) { return after.state() == v1::REMINDER_STATE_LEASED; },
      [](v1::ReminderChange* after) { after->mutable_notify_time()->set_seconds(1); });
}

bool TellTwice(History* history) {
  return ChangeLine(
      history,
      [](const auto& before, const auto& after) { return before.has_notify_time() && after.has_notify_time(); },
      [](v1::ReminderChange* after) { after->mutable_notify_time()->set_seconds(1); });
}

// A step that names a team leaves the task with nobody to be told.
bool OfferToNobody(History* history) {
  return ChangeLine(
      history,
      [](const auto& before, const auto& after) {
        return before.team() != after.team() && !IsTerminal(after.state());
      },
      [](v1::ReminderChange* after) { after->clear_channel(); });
}

// A message is offered to nobody any more, although no gateway failed to send it.
bool GiveUp(History* history) {
  const Index index(*history);
  const auto had_failures = [&](const std::string& task) {
    for (const v1::DeliveryOutcome outcome : {v1::DELIVERY_OUTCOME_PERMANENT_FAILURE, v1::DELIVERY_OUTCOME_BOUNCED,
                                              v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE}) {
      if (index.MayHaveBeenReported(task, outcome)) return true;
    }
    return false;
  };
  return ChangeLine(
      history,
      [&](const auto& before, const auto& after) {
        return after.state() == v1::REMINDER_STATE_DUE && after.channel() != v1::CHANNEL_UNSPECIFIED &&
               !had_failures(after.name());
      },
      [](v1::ReminderChange* after) {
        after->clear_channel();
        after->set_reason(v1::REMINDER_REASON_TEAM_NOT_REACHED);
      });
}

// The message of a step has the key of the one before it.
bool ReuseKey(History* history) {
  const Index index(*history);
  const auto messages = LeasesByMessage(index);
  for (const auto& [message, tries] : messages) {
    const auto first = messages.find({message.first, 0});
    if (message.second <= 0 || first == messages.end()) continue;
    const std::string key = first->second[0]->lease->idempotency_key();
    std::set<std::string> ids;
    for (const Held* held : tries) ids.insert(held->lease->lease_id());
    for (Observation& call : *history->mutable_observations()) {
      if (ids.count(call.lease().lease_id()) > 0) call.mutable_lease()->set_idempotency_key(key);
    }
    return true;
  }
  return false;
}

}  // namespace

const std::vector<Mutation>& NoticeMutations() {
  static const std::vector<Mutation>& all = *new std::vector<Mutation>{
      {"ToldTaskLeasedAgain", " was reported sent, and leased again", LeaseToldTask},
      {"NoticeToAnotherAddress", " goes to an address that is not of team ", MistakeAddress},
      {"AcknowledgedTaskLeased", " was given after somebody had seen to the task", LeaseAcknowledged},
      {"LostNotice", " was reported sent, which is lost", LoseNotice},
      {"NoticeForgotten", " was told, which is lost", ForgetNotice},
      {"UntoldAtTheEnd", " told by the log, in contrast to the end", ShowUntold},
      {"ToldByNobody", " was told by nobody", TellUnasked},
      {"ToldAfterAcknowledgement", " was told after it had been acknowledged", TellAfterAcknowledgement},
      {"ToldTaskLeasedByTheLog", " was told, and leased again, by the log", LeaseToldByLog},
      {"ToldTwice", " was told twice", TellTwice},
      {"StepOfferedToNobody", " is offered to nobody", OfferToNobody},
      {"NoticeGivenUp", " had not failed", GiveUp},
      {"KeyOfAnotherStep", " has the idempotency key of ", ReuseKey},
  };
  return all;
}

}  // namespace aftercare::history
