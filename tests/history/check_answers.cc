// What single answers say: a look finds what was acknowledged before it, and only what may be refused is.
#include <algorithm>
#include <set>

#include "tests/history/checks.h"

namespace aftercare::history {
namespace {

void CheckLook(const Index& index, const Observation& look, Faults* faults) {
  const std::string& name = look.look().name();
  const auto wishes = index.wishes_for.find(name);
  if (wishes != index.wishes_for.end()) {
    for (const Wish* wish : wishes->second) {
      const bool enrolled_before = wish->change.kind() == Change::KIND_ENROLL && wish->answered < look.asked();
      if (enrolled_before && look.outcome() == OUTCOME_REFUSED) {
        faults->Add("promise 1: ", name, " was acknowledged, and then not found");
      }
    }
  }
  const auto holders = index.holders.find(name);
  if (holders == index.holders.end() || look.outcome() != OUTCOME_DONE) return;
  if (IsAlarm(name)) return;  // A task stays to be done when a team was told of it.
  for (const Held* holder : holders->second) {
    for (const Observation* report : holder->reports) {
      const bool sent_before = report->report().outcome() == v1::DELIVERY_OUTCOME_SENT &&
                               report->outcome() == OUTCOME_DONE && report->answered() < look.asked();
      if (sent_before && !IsSent(look.look().state(), v1::REMINDER_REASON_BOUNCED)) {
        faults->Add("promise 1: ", name, " was acknowledged as sent, and then found ", Word(look.look().state()));
      }
    }
  }
}

// A receipt is refused only where the sending is not known yet.
void CheckReceipt(const Index& index, const Observation& receipt, Faults* faults) {
  const Held* held = index.FindHeld(receipt.report().lease_id());
  if (held == nullptr || receipt.reason() != "NOT_SENT") return;
  for (const Observation* report : held->reports) {
    const bool sent_before = report->report().outcome() == v1::DELIVERY_OUTCOME_SENT &&
                             report->outcome() == OUTCOME_DONE && report->answered() < receipt.asked();
    if (sent_before) faults->Add("promise 1: ", held->lease->reminder(), " was acknowledged as sent, and then was not");
  }
}

// What others, or time, may have made of it in between; a move may come too late.
const std::set<std::string>& ReasonsFor(const Observation& observation) {
  static const auto& none = *new std::set<std::string>;
  static const auto& unsent = *new std::set<std::string>{"NOT_SENT"};
  static const auto& fenced = *new std::set<std::string>{"LEASE_LOST"};
  static const auto& races = *new std::set<std::string>{"INVALID_TRANSITION", "ENROLLMENT_ENDED", "ENROLLMENT_PAUSED",
                                                        "ENROLLMENT_NOT_PAUSED", "INVALID_FIELDS",
                                                        "WINDOW_CLOSED", "ALREADY_SENT", "NO_CONTACT_POINT"};
  switch (observation.what_case()) {
    case Observation::kChange:
      switch (observation.change().kind()) {
        case Change::KIND_ENROLL:
        case Change::KIND_ADVANCE:
        case Change::KIND_WORD:
        case Change::KIND_DANGER:
          return none;
        default:
          return races;
      }
    case Observation::kReport:
      switch (observation.report().outcome()) {
        case v1::DELIVERY_OUTCOME_SENT:
          return none;
        case v1::DELIVERY_OUTCOME_DELIVERED:
        case v1::DELIVERY_OUTCOME_BOUNCED:
          return unsent;
        default:
          return fenced;
      }
    case Observation::kExtension:
      return fenced;
    default:
      return none;
  }
}

std::string NameOf(const Index& index, const Observation& observation) {
  if (observation.has_change()) return observation.change().name();
  if (observation.has_look()) return observation.look().name();
  const Held* held = index.FindHeld(observation.has_report() ? observation.report().lease_id()
                                                             : observation.extension().lease_id());
  return held == nullptr ? "a lease" : held->lease->reminder();
}

}  // namespace

void CheckAnswers(const Index& index, Faults* faults) {
  for (const Observation& observation : index.history.observations()) {
    if (observation.has_look()) CheckLook(index, observation, faults);
    if (observation.has_report()) CheckReceipt(index, observation, faults);
    if (observation.outcome() != OUTCOME_REFUSED || observation.has_look()) continue;
    if (ReasonsFor(observation).count(observation.reason()) > 0) continue;
    faults->Add(NameOf(index, observation), ": ", observation.actor(), " was refused what it may do: ",
                observation.reason());
  }
}

}  // namespace aftercare::history
