// Promise 4 for the log itself: it is in the order in which things happened. What was acknowledged before something
// else was asked for is before it.
#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "tests/history/checks.h"

namespace aftercare::history {
namespace {

// When what a line tells was asked for, and when it was known to have happened.
struct Span {
  int64_t asked = std::numeric_limits<int64_t>::max();
  int64_t answered = std::numeric_limits<int64_t>::max();

  void Include(int64_t new_asked, int64_t new_answered, bool done) {
    asked = std::min(asked, new_asked);
    if (done) answered = std::min(answered, new_answered);
  }
  bool known() const { return asked != std::numeric_limits<int64_t>::max(); }
};

Span SpanOfWish(const Index& index, const std::string& name, Change::Kind kind) {
  Span span;
  const auto found = index.wishes_for.find(name);
  if (found == index.wishes_for.end()) return span;
  for (const Wish* wish : found->second) {
    if (wish->change.kind() == kind && wish->possible()) span.Include(wish->asked, wish->answered, wish->done);
  }
  return span;
}

Span SpanOfSending(const Index& index, const std::string& name) {
  Span span;
  const auto found = index.holders.find(name);
  if (found == index.holders.end()) return span;
  for (const Held* holder : found->second) {
    for (const Observation* report : holder->reports) {
      if (report->report().outcome() != v1::DELIVERY_OUTCOME_SENT) continue;
      span.Include(report->asked(), report->answered(), report->outcome() == OUTCOME_DONE);
    }
  }
  return span;
}

// Of lines that are told once only; nothing for the others.
Span SpanOf(const Index& index, const v1::Event& event) {
  switch (event.type()) {
    case v1::EVENT_TYPE_ENROLLMENT_CREATED:
      return SpanOfWish(index, event.enrollment(), Change::KIND_ENROLL);
    case v1::EVENT_TYPE_ENROLLMENT_ENDED:
      return SpanOfWish(index, event.enrollment(), Change::KIND_END);
    default:
      break;
  }
  Span span;
  switch (event.reminder().state()) {
    case v1::REMINDER_STATE_SENT:
      return SpanOfSending(index, event.reminder().name());
    case v1::REMINDER_STATE_COMPLETED:
      return SpanOfWish(index, event.reminder().name(), Change::KIND_COMPLETE);
    case v1::REMINDER_STATE_LEASED:
      if (const Held* holder = index.HolderOf(event.reminder())) {
        span.Include(holder->observation->asked(), holder->observation->answered(), true);
      }
      return span;
    default:
      return span;
  }
}

std::string NameOf(const v1::Event& event) {
  if (event.has_reminder()) return absl::StrCat(event.reminder().name(), " ", Word(event.reminder().state()));
  return absl::StrCat(event.enrollment(), " ", v1::EventType_Name(event.type()));
}

}  // namespace

void CheckOrder(const Index& index, Faults* faults) {
  for (const auto& [name, clinic] : index.clinics) {
    std::set<std::pair<std::string, int>> leases;  // a change of facts may tell of one again
    int64_t latest_asked = 0;
    const v1::Event* latest = nullptr;
    int64_t time = 0;
    for (int place : clinic->log()) {
      const v1::Event& event = index.history.events(place);
      if (Micros(event.event_time()) < time) {
        faults->Add("promise 4: ", name, ": ", NameOf(event), " has an earlier time than what is before it in the log");
      }
      time = std::max(time, Micros(event.event_time()));
      const v1::ReminderChange& change = event.reminder();
      const bool leased = change.state() == v1::REMINDER_STATE_LEASED;
      if (leased && !leases.emplace(change.name(), change.attempts()).second) continue;
      const Span span = SpanOf(index, event);
      if (!span.known()) continue;
      if (span.answered < latest_asked) {
        faults->Add("promise 4: ", name, ": ", NameOf(event), " was acknowledged before ", NameOf(*latest),
                    " was asked for, and comes after it in the log");
      }
      if (span.asked > latest_asked) {
        latest_asked = span.asked;
        latest = &event;
      }
    }
  }
}

}  // namespace aftercare::history
