// Promise 3: nothing that was reported sent is leased again; and a reminder is with one gateway at a time. And what is
// leased is true: its text names the patient as the clinic does at that time.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/history/checks.h"
#include "tests/history/team_messages.h"

namespace aftercare::history {
namespace {

void CheckGivenOnce(const Index& index, Faults* faults) {
  std::set<std::string> seen;
  for (const Observation& observation : index.history.observations()) {
    if (observation.has_lease() && !seen.insert(observation.lease().lease_id()).second) {
      faults->Add("promise 3: ", observation.lease().reminder(), ": lease ", observation.lease().attempt(),
                  " was given twice");
    }
  }
}

// Leases of one reminder, as gateways saw them.
void CheckAttempts(const std::string& name, const std::vector<const Held*>& holders, Faults* faults) {
  std::set<int> attempts;
  for (const Held* holder : holders) {
    if (!attempts.insert(holder->lease->attempt()).second) {
      faults->Add("promise 3: ", name, " has two leases with the number ", holder->lease->attempt());
    }
  }
}

// A message to a patient never comes again once it was reported sent. One to a team does if it came back.
bool MayBeLeasedAfter(const Tries& tries, const Observation& sent, const Held& later) {
  return IsAlarm(later.lease->reminder()) && MayHaveBounced(tries, sent, later.observation->answered());
}

// Leases of one message, as gateways saw them.
void CheckTries(const std::string& name, const Tries& tries, Faults* faults) {
  std::set<std::string> keys;
  for (const Held* held : tries) keys.insert(held->lease->idempotency_key());
  if (keys.size() > 1) faults->Add("promise 3: ", name, " has ", keys.size(), " idempotency keys");
  for (const Held* held : tries) {
    for (const Observation* report : held->reports) {
      const bool is_sent = report->report().outcome() == v1::DELIVERY_OUTCOME_SENT && report->outcome() == OUTCOME_DONE;
      if (!is_sent) continue;
      for (const Held* later : tries) {
        if (later->observation->asked() <= report->answered() || MayBeLeasedAfter(tries, *report, *later)) continue;
        faults->Add("promise 3: ", name, " was reported sent, and leased again (", later->lease->attempt(), ")");
      }
    }
  }
}

// Nothing is offered on a channel that the patient had opted out of when it was asked for, unless opting in again may
// have come in between.
void CheckChannel(const Index& index, const Held& held, Faults* faults) {
  const auto wishes = index.wishes_for.find(EnrollmentOf(held.lease->reminder()));
  if (wishes == index.wishes_for.end()) return;
  for (const Wish* refusal : wishes->second) {
    const Change& change = refusal->change;
    const bool holds = change.kind() == Change::KIND_CONSENT && change.consent() == v1::CONSENT_REFUSED &&
                       change.channel() == held.lease->contact_point().channel() && refusal->done &&
                       refusal->answered < held.observation->asked();
    const auto undoes = [&](const Wish* other) {
      return other->change.kind() == Change::KIND_CONSENT && other->change.consent() == v1::CONSENT_GRANTED &&
             other->possible() && other->answered > refusal->asked && other->asked < held.observation->answered();
    };
    // A start word from the patient's number lets messages come on its channel again.
    const auto starts = [&](const Wish* word) {
      return word->change.consent() == v1::CONSENT_GRANTED && word->possible() && word->answered > refusal->asked &&
             word->asked < held.observation->answered();
    };
    const std::vector<const Wish*> words = index.WordsFor(EnrollmentOf(held.lease->reminder()));
    if (!holds || std::any_of(wishes->second.begin(), wishes->second.end(), undoes)) continue;
    if (change.channel() == v1::CHANNEL_SMS && std::any_of(words.begin(), words.end(), starts)) continue;
    faults->Add("promise 1: ", held.lease->reminder(), ": lease ", held.lease->attempt(),
                " is for a channel that the patient opted out of");
  }
}

// Nothing is offered to a number from which a stop word had come when it was asked for, to whichever clinic that counts
// for, unless a start word from it or the patient's consent may have come in between.
void CheckNumber(const Index& index, const Held& held, Faults* faults) {
  if (held.lease->contact_point().channel() != v1::CHANNEL_SMS) return;
  const std::vector<const Wish*> words = index.WordsFor(EnrollmentOf(held.lease->reminder()));
  for (const Wish* stop : words) {
    const bool holds = stop->change.consent() == v1::CONSENT_REFUSED && stop->done &&
                       stop->answered < held.observation->asked();
    const auto undoes = [&](const Wish* other) {
      return other->change.consent() == v1::CONSENT_GRANTED && other->possible() && other->answered > stop->asked &&
             other->asked < held.observation->answered();
    };
    if (!holds || std::any_of(words.begin(), words.end(), undoes)) continue;
    faults->Add("promise 7: ", held.lease->reminder(), ": lease ", held.lease->attempt(),
                " is for a number that had said stop");
  }
}

// The text of messages is `Hello {first_name}` to patients, and `Call {first_name}` to teams. The name may be one that
// was replaced only if the change came too late to be sure.
void CheckText(const Index& index, const Held& held, Faults* faults) {
  const absl::string_view greeting = IsAlarm(held.lease->reminder()) ? "Call " : "Hello ";
  const std::string& text = held.lease->text();
  const std::string name = absl::StartsWith(text, greeting) ? text.substr(greeting.size()) : "";
  const auto found = index.wishes_for.find(EnrollmentOf(held.lease->reminder()));
  if (found == index.wishes_for.end()) return;
  const std::vector<const Wish*>& wishes = found->second;
  const auto gives_it = [&](const Wish* wish) {
    return wish->change.first_name() == name && wish->possible() && wish->asked < held.observation->answered();
  };
  if (name.empty() || std::none_of(wishes.begin(), wishes.end(), gives_it)) {
    faults->Add("promise 1: ", held.lease->reminder(), ": lease ", held.lease->attempt(), " says `", text,
                "`, a name that nobody has given");
  }
  for (const Wish* newer : wishes) {
    if (newer->change.first_name().empty() || newer->change.first_name() == name) continue;
    const bool replaces = newer->done && newer->answered < held.observation->asked() &&
                          std::all_of(wishes.begin(), wishes.end(), [&](const Wish* wish) {
                            return !gives_it(wish) || (wish->done && wish->answered < newer->asked);
                          });
    if (!replaces) continue;
    faults->Add("promise 1: ", held.lease->reminder(), ": lease ", held.lease->attempt(), " says `", text,
                "`, and the name was ", newer->change.first_name(), " by then");
  }
}

// Messages differ by their keys, and the leases of each have one.
void CheckKeys(const Index& index, Faults* faults) {
  std::map<std::string, std::string> owners;
  for (const auto& [message, tries] : LeasesByMessage(index)) {
    const auto& [reminder, step] = message;
    const std::string name = step == 0 ? reminder : absl::StrCat(reminder, " at step ", step);
    CheckTries(name, tries, faults);
    const auto [owner, added] = owners.try_emplace(tries[0]->lease->idempotency_key(), name);
    if (!added) faults->Add("promise 3: ", name, " has the idempotency key of ", owner->second);
  }
}

// Leases of one reminder, by the log.
void CheckLog(const Index& index, const std::string& name, const std::vector<Line>& lines, Faults* faults) {
  int attempts = 0;
  bool sent = false;
  const v1::ReminderChange* before = nullptr;
  for (const Line& line : lines) {
    const v1::ReminderChange& change = line.event->reminder();
    const bool leased = change.state() == v1::REMINDER_STATE_LEASED;
    if (leased && sent) faults->Add("promise 3: ", name, " was sent, and leased again, by the log");
    sent = sent || change.state() == v1::REMINDER_STATE_SENT;
    const bool was_leased = before != nullptr && before->state() == v1::REMINDER_STATE_LEASED;
    const bool runs_on = was_leased && before->attempts() == change.attempts();
    if (leased && !runs_on && change.attempts() != attempts + 1) {
      faults->Add("promise 3: ", name, ": lease ", change.attempts(), " comes after lease ", attempts);
    }
    if (leased && was_leased && !runs_on) {
      const Held* holder = index.HolderOf(*before);
      if (holder != nullptr && Micros(line.event->event_time()) < holder->expire) {
        faults->Add("promise 3: ", name, ": lease ", change.attempts(), " was given while lease ", before->attempts(),
                    " held");
      }
    }
    if (leased) attempts = change.attempts();
    before = &change;
  }
}

}  // namespace

void CheckLeases(const Index& index, Faults* faults) {
  CheckGivenOnce(index, faults);
  for (const auto& [name, holders] : index.holders) CheckAttempts(name, holders, faults);
  CheckKeys(index, faults);
  for (const auto& [id, held] : index.held) {
    CheckText(index, held, faults);
    if (IsAlarm(held.lease->reminder())) continue;  // It goes to a team, whatever the patient wishes.
    CheckChannel(index, held, faults);
    CheckNumber(index, held, faults);
  }
  for (const auto& [name, lines] : index.reminders) CheckLog(index, name, lines, faults);
}

}  // namespace aftercare::history
