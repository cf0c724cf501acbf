#include "tests/history/index.h"

#include <algorithm>

#include "absl/strings/strip.h"

namespace aftercare::history {

void ClockBounds::Start(bool sandbox, int64_t first_micros) {
  sandbox_ = sandbox;
  first_ = first_micros;
}

void ClockBounds::Sort() {
  for (Steps* steps : {&asked_, &done_}) {
    std::sort(steps->begin(), steps->end());
    int64_t latest = first_;
    for (auto& [order, micros] : *steps) micros = latest = std::max(latest, micros);
  }
}

int64_t ClockBounds::Before(const Steps& steps, int64_t order) const {
  const auto after = std::lower_bound(steps.begin(), steps.end(), std::make_pair(order, int64_t{0}));
  return after == steps.begin() ? first_ : std::prev(after)->second;
}

int64_t ClockBounds::AtLeast(const Observation& call) const {
  return sandbox_ ? Before(done_, call.asked()) : call.asked_micros();
}

int64_t ClockBounds::AtMost(const Observation& call) const {
  return sandbox_ ? Before(asked_, call.answered()) : call.answered_micros();
}

Index::Index(const History& history) : history(history) {
  for (const Clinic& clinic : history.clinics()) {
    clinics[clinic.name()] = &clinic;
    clocks[clinic.name()].Start(clinic.sandbox(), clinic.first_micros());
  }
  AddLogs();
  AddObservations();
  AddLeases();
  for (auto& [name, clock] : clocks) clock.Sort();
  for (const auto& [id, wish] : wishes) wishes_for[wish.change.name()].push_back(&wish);
  for (const v1::Enrollment& enrollment : history.enrollments()) last_enrollments[enrollment.name()] = &enrollment;
  for (const v1::Reminder& reminder : history.timelines()) last_reminders[reminder.name()] = &reminder;
}

void Index::AddLogs() {
  for (const Clinic& clinic : history.clinics()) {
    for (int position = 0; position < clinic.log_size(); ++position) {
      const v1::Event& event = history.events(clinic.log(position));
      if (event.has_reminder()) {
        reminders[event.reminder().name()].push_back({position, &event});
      } else if (!event.enrollment().empty()) {
        enrollments[event.enrollment()].push_back({position, &event});
      }
    }
  }
}

void Index::AddObservations() {
  for (const Observation& observation : history.observations()) {
    if (!observation.has_change()) continue;
    const Change& change = observation.change();
    Wish& wish = wishes[change.request_id()];
    wish.change = change;
    if (!change.number().empty()) numbers[change.name()] = change.number();
    wish.asked = std::min(wish.asked, observation.asked());
    switch (observation.outcome()) {
      case OUTCOME_DONE:
        wish.answered = std::min(wish.answered, observation.answered());
        wish.done = true;
        break;
      case OUTCOME_REFUSED:
        wish.refused = true;
        break;
      default:
        wish.unknown = true;
    }
    if (change.kind() != Change::KIND_ADVANCE) continue;
    clocks[change.name()].Asked(observation.asked(), change.micros());
    if (observation.outcome() == OUTCOME_DONE) clocks[change.name()].Done(observation.answered(), change.micros());
  }
}

void Index::AddLeases() {
  for (const Observation& observation : history.observations()) {
    if (!observation.has_lease()) continue;
    const v1::Lease& lease = observation.lease();
    const auto [place, added] = held.try_emplace(lease.lease_id());
    if (!added) continue;  // CheckLeases says so
    place->second = {&observation, &lease, Micros(lease.expire_time()), {}};
    holders[lease.reminder()].push_back(&place->second);
  }
  for (const Observation& observation : history.observations()) {
    const std::string& id =
        observation.has_report() ? observation.report().lease_id() : observation.extension().lease_id();
    const auto found = held.find(id);
    if (found == held.end()) continue;
    if (observation.has_report()) found->second.reports.push_back(&observation);
    if (observation.has_extension() && observation.outcome() == OUTCOME_DONE) {
      found->second.expire = std::max(found->second.expire, observation.extension().expire_micros());
    }
  }
}

const ClockBounds& Index::ClockOf(const std::string& name) const { return clocks.at(ClinicOf(name)); }

const Held* Index::FindHeld(const std::string& lease_id) const {
  const auto found = held.find(lease_id);
  return found == held.end() ? nullptr : &found->second;
}

const Held* Index::HolderOf(const v1::ReminderChange& change) const {
  const auto found = holders.find(change.name());
  if (found == holders.end()) return nullptr;
  for (const Held* holder : found->second) {
    if (holder->lease->attempt() == change.attempts()) return holder;
  }
  return nullptr;
}

bool Index::MayHaveBeenReported(const std::string& reminder, v1::DeliveryOutcome outcome) const {
  const auto found = holders.find(reminder);
  if (found == holders.end()) return false;
  for (const Held* holder : found->second) {
    for (const Observation* report : holder->reports) {
      if (report->report().outcome() == outcome && report->outcome() != OUTCOME_REFUSED) return true;
    }
  }
  return false;
}

bool Index::MayHaveHappened(const std::string& name, Change::Kind kind) const {
  const auto found = wishes_for.find(name);
  if (found == wishes_for.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(),
                     [&](const Wish* wish) { return wish->change.kind() == kind && wish->possible(); });
}

std::vector<const Wish*> Index::WordsFor(const std::string& enrollment) const {
  std::vector<const Wish*> words;
  const auto number = numbers.find(enrollment);
  if (number == numbers.end()) return words;
  if (const auto found = wishes_for.find(number->second); found != wishes_for.end()) {
    for (const Wish* wish : found->second) {
      const auto& clinics = wish->change.clinics();
      const bool counts = std::count(clinics.begin(), clinics.end(), ClinicOf(enrollment)) > 0;
      if (counts && wish->change.kind() == Change::KIND_WORD) words.push_back(wish);
    }
  }
  if (const auto found = wishes_for.find(enrollment); found != wishes_for.end()) {
    for (const Wish* wish : found->second) {
      const bool grants =
          wish->change.kind() == Change::KIND_CONSENT && wish->change.consent() == v1::CONSENT_GRANTED;
      if (grants) words.push_back(wish);
    }
  }
  return words;
}

bool Index::MayHaveWritten(const std::string& enrollment, v1::Consent consent) const {
  const std::vector<const Wish*> words = WordsFor(enrollment);
  return std::any_of(words.begin(), words.end(), [&](const Wish* word) {
    return word->change.kind() == Change::KIND_WORD && word->change.consent() == consent && word->possible();
  });
}

int64_t Micros(const google::protobuf::Timestamp& time) { return time.seconds() * 1'000'000 + time.nanos() / 1000; }

std::string ClinicOf(const std::string& name) {
  const size_t end = name.find('/', name.find('/') + 1);
  return name.substr(0, end);
}

std::string EnrollmentOf(const std::string& reminder) { return reminder.substr(0, reminder.find("/reminders/")); }

bool IsAlarm(const std::string& reminder) { return reminder.find("/reminders/alarm.") != std::string::npos; }

bool IsTerminal(v1::ReminderState state) { return state >= v1::REMINDER_STATE_SENT; }

bool IsSent(v1::ReminderState state, v1::ReminderReason reason) {
  return state == v1::REMINDER_STATE_SENT || state == v1::REMINDER_STATE_DELIVERED ||
         state == v1::REMINDER_STATE_COMPLETED ||
         (state == v1::REMINDER_STATE_FAILED && reason == v1::REMINDER_REASON_BOUNCED);
}

std::string Word(v1::ReminderState state) {
  return std::string(absl::StripPrefix(v1::ReminderState_Name(state), "REMINDER_STATE_"));
}

std::string Word(v1::ReminderReason reason) {
  return std::string(absl::StripPrefix(v1::ReminderReason_Name(reason), "REMINDER_REASON_"));
}

}  // namespace aftercare::history
