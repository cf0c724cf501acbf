#include "tests/engine/simulation/model.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/engine/lifecycle/retry_policy.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/world.h"
#include "tests/plan/slow_plan.h"

namespace aftercare::engine {

Model::Model(const std::string& id, const v1::Clinic& clinic, absl::Time now) : id_(id), clinic_(clinic), now_(now) {}

Model::Item* Model::Find(const std::string& enrollment, const Key& key) {
  Patient& patient = patients_.at(enrollment);
  const auto found = patient.items.find(key);
  return found == patient.items.end() ? nullptr : &found->second;
}

std::string Model::NameOf(const std::string& enrollment, const Key& key) const {
  return ReminderNameOf({id_, enrollment, key.first, key.second});
}

plan::MatchFacts Model::FactsOf(const Patient& patient) {
  return {plan::ParseDate(patient.data.procedure_date()).value(), plan::FindZone(patient.data.time_zone()).value()};
}

void Model::Become(Item* item, v1::ReminderState state, v1::ReminderReason reason) const {
  item->state = state;
  item->reason = reason;
  item->state_time = now_;
  item->known = true;
  item->arrived = item->arrived && state != v1::REMINDER_STATE_SCHEDULED;
}

// For each series of which a reminder of a rule with `supersede` comes due now: of all its reminders that have come
// due, only the latest stay, and of one rule only the newest. Older ones of rules with `supersede` that are open are
// superseded, and so are those that come due too late together with it. What was sent about a procedure that was then
// postponed does not count. What a cap has put off is as old as it was before that.
void Model::Supersede(Patient* patient, const std::set<Key>& arriving) const {
  const auto due_of = [](const Item& item) { return item.before_caps.value_or(item.due); };
  std::map<absl::string_view, absl::Time> latest;                        // By series.
  std::map<std::string, std::pair<absl::Time, int64_t>> newest_of_rule;  // By rule.
  for (const Key& key : arriving) {
    const Item& item = patient->items.at(key);
    if (item.supersede) latest[item.telling.series] = absl::InfinitePast();
  }
  for (const auto& [key, item] : patient->items) {
    const auto found = latest.find(item.telling.series);
    const bool counts = (item.arrived || item.done()) && item.due <= now_ &&
                        item.state != v1::REMINDER_STATE_CANCELLED && item.reason != v1::REMINDER_REASON_PAUSED &&
                        item.reason != v1::REMINDER_REASON_SUPERSEDED;
    if (found == latest.end() || !counts || !plan::StandsForProcedure(StoredOf(item), FactsOf(*patient))) continue;
    found->second = std::max(found->second, due_of(item));
    auto& newest = newest_of_rule.try_emplace(item.rule, absl::InfinitePast(), 0).first->second;
    newest = std::max(newest, {due_of(item), item.code});
  }
  for (auto& [key, item] : patient->items) {
    const auto found = latest.find(item.telling.series);
    const bool gives_way = item.waits() || (arriving.count(key) > 0 && item.state == v1::REMINDER_STATE_EXPIRED);
    if (found == latest.end() || !gives_way || !item.supersede) continue;
    const auto newest = newest_of_rule.find(item.rule);
    const bool older = newest != newest_of_rule.end() && std::make_pair(due_of(item), item.code) < newest->second;
    if (due_of(item) >= found->second && !older) continue;
    Become(&item, v1::REMINDER_STATE_EXPIRED, v1::REMINDER_REASON_SUPERSEDED);
  }
}

// An item comes due. From now on it tells what it covers.
void Model::Arrive(const Patient& patient, Item* item) const {
  if (!item->put_off()) item->before_caps.reset();
  item->arrived = true;
  item->available = item->due;
  item->telling = item->cover.value_or(item->telling);
  item->procedure_date = FactsOf(patient).procedure_date;
  if (!item->moved) item->hand.reset();
  if (!ConditionsHold(patient, *item)) {
    Become(item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_CONDITION_NOT_MET);
  } else if (item->for_care_team) {
    Become(item, v1::REMINDER_STATE_DUE);
  } else if (item->outside_contact_hours) {
    Become(item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS);
  } else if (item->expire <= now_) {
    Become(item, v1::REMINDER_STATE_EXPIRED, v1::REMINDER_REASON_WINDOW_CLOSED);
  } else if (item->follow_up && !WasAsked(patient, *item)) {
    Become(item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_QUESTION_NOT_SENT);
  } else if (patient.data.consent() != v1::CONSENT_GRANTED) {
    Become(item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_NO_CONSENT);
  } else if (IsRefused(patient, *item)) {
    Become(item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_CATEGORY_REFUSED);
  } else if (patient.data.contact_points().empty()) {
    Become(item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_NO_CONTACT_POINT);
  } else if (FirstWanted(patient, 0) < 0) {
    Become(item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_OPTED_OUT);
  } else {
    Direct(patient, FirstWanted(patient, 0), item);
    item->failures = 0;
    Become(item, v1::REMINDER_STATE_DUE);
  }
}

// Fires what is due by now. Returns how many reminders came due.
int Model::Fire(Patient* patient) const {
  if (patient->state == v1::ENROLLMENT_STATE_ENDED) return 0;
  const bool paused = patient->state == v1::ENROLLMENT_STATE_PAUSED;
  std::set<Key> arriving;
  for (auto& [key, item] : patient->items) {
    if (!item.to_come() || item.due > now_ || (paused && !item.ignores_pause())) continue;
    arriving.insert(key);
    Arrive(*patient, &item);
  }
  Supersede(patient, arriving);
  ApplyCaps(patient, &arriving);
  const int fired = static_cast<int>(arriving.size());
  return fired + TakeEffect(arriving, patient);
}

// The enrollment of which something has been due longest comes first. Who comes first gets the room that caps leave to
// the enrollments of one patient.
int Model::FireAll() {
  std::vector<std::pair<absl::Time, Patient*>> order;
  for (auto& [id, patient] : patients_) {
    absl::Time first = absl::InfiniteFuture();
    for (const auto& [key, item] : patient.items) {
      if (item.to_come()) first = std::min(first, item.due);
    }
    order.emplace_back(first, &patient);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  int fired = 0;
  for (const auto& [first, patient] : order) fired += Fire(patient);
  return fired;
}

// Closes the windows of messages; tasks stay until they are done. A message whose window closes during a pause is
// suppressed for good. Returns how many were closed.
int Model::Expire() {
  int expired = 0;
  for (auto& [id, patient] : patients_) {
    const bool paused = patient.state == v1::ENROLLMENT_STATE_PAUSED;
    for (auto& [key, item] : patient.items) {
      if (item.expire > now_) continue;
      if (item.waits() && !item.for_care_team) {
        ++expired;
        paused ? Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_PAUSED)
               : Become(&item, v1::REMINDER_STATE_EXPIRED, v1::REMINDER_REASON_WINDOW_CLOSED);
      } else if (paused && item.state == v1::REMINDER_STATE_SCHEDULED && item.known && !item.ignores_pause()) {
        ++expired;
        Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_PAUSED);
        if (item.attempts > 0) continue;
        // It was missed for what it covers at present. What was leased may still be reported.
        item.telling = item.cover.value_or(item.telling);
        item.procedure_date = FactsOf(patient).procedure_date;
      }
    }
    Derive(&patient);
  }
  return expired;
}

// A test clock stops at every instant at which something happens. Real time may jump, as when the service was down.
Model::Passed Model::MoveTo(absl::Time now) {
  Passed passed;
  const auto step = [&](absl::Time to) {
    now_ = to;
    passed.expired += Expire();
    passed.fired += FireAll();
  };
  if (is_sandbox()) step(now_);  // A change of plans may have made something due here already.
  while (is_sandbox()) {
    const std::vector<absl::Time> edges = Edges();
    if (edges.empty() || edges.front() >= now) break;
    step(edges.front());
  }
  step(now);
  return passed;
}

bool Model::MayLease(const Patient& patient, const Item& item) const {
  return patient.state == v1::ENROLLMENT_STATE_ACTIVE && !item.for_care_team && item.waits() &&
         item.available <= now_ && now_ < item.expire && !IsHeld(patient, item) &&
         plan::SlowOpen(HoursOf(patient), now_, plan::FindZone(patient.data.time_zone()).value());
}

bool Model::MayStillPause(const Patient& patient, const Item& item) const {
  return item.failures > 0 && item.state == v1::REMINDER_STATE_DUE && now_ < *item.state_time + absl::Minutes(75) &&
         MayLease(patient, item);
}

bool Model::MayBePutBack(const Patient& patient, const Item& item) const {
  return item.state == v1::REMINDER_STATE_LEASED && item.available <= now_ && now_ < item.expire &&
         !MayLease(patient, item);
}

absl::Time Model::Lease(const std::string& enrollment, const Key& key, absl::Duration duration) {
  const Patient& patient = patients_.at(enrollment);
  Item* item = Find(enrollment, key);
  Become(item, v1::REMINDER_STATE_LEASED);
  ++item->attempts;
  item->leases.push_back({item->cover.value_or(item->telling), FactsOf(patient).procedure_date, now_,
                          kLeasedTextIsTrue ? TextOf(patient, *item) : "", item->channel,
                          patient.data.contact_points(item->contact_point).address()});
  return item->available = std::min(now_ + duration, item->expire);
}

// What was sent counts as told when it was leased, by the facts of that time. If it had ended, or was to come at
// another time, it may stand for another occurrence than was thought.
void Model::ReportSent(Patient* patient, int attempt, Item* item) {
  const Attempt& lease = item->leases[attempt - 1];
  if (!item->sent) {
    item->sent = lease.time;
    item->sent_to = ReadAddress(lease.channel, lease.address);
  }
  if (item->done() || item->bounced()) return;
  const bool was_open = item->waits();
  item->telling = lease.telling;
  item->procedure_date = lease.procedure_date;
  item->decided = lease.time;
  item->hand.reset();
  Become(item, v1::REMINDER_STATE_SENT);
  if (!was_open) Rematch({.facts_changed = true, .by_report = true}, patient);
  const bool is_expected = ExpectAnswer({item->rule, item->code}, patient);
  if (is_expected) Rematch({}, patient);
  if (is_expected || !was_open) Fire(patient);
}

// What came back stands only for its own occurrence.
void Model::ReportBounced(Patient* patient, Item* item) {
  if (item->state != v1::REMINDER_STATE_SENT) return;
  const bool is_own = item->cover && item->cover->rule == item->telling.rule && IsSame(*item->cover, item->telling);
  Become(item, v1::REMINDER_STATE_FAILED, v1::REMINDER_REASON_BOUNCED);
  const bool is_withdrawn = ExpectNoAnswer({{item->rule, item->code}}, patient);
  if (is_own && !is_withdrawn) return;
  if (!is_own) Rematch({.facts_changed = true, .by_report = true}, patient);
  AdjustAfterReactions(patient);
}

std::string Model::ReportReceipt(Patient* patient, v1::DeliveryOutcome outcome, Item* item) {
  const bool was_dealt_with = item->sent || item->state == v1::REMINDER_STATE_COMPLETED;
  if (!was_dealt_with) return "FAILED_PRECONDITION/NOT_SENT";
  if (outcome == v1::DELIVERY_OUTCOME_BOUNCED) {
    ReportBounced(patient, item);
  } else if (item->state == v1::REMINDER_STATE_SENT || item->bounced()) {
    const bool came_back = item->bounced();
    Become(item, v1::REMINDER_STATE_DELIVERED);
    if (came_back) Rematch({.facts_changed = true, .by_report = true}, patient);
    if (came_back && ExpectAnswer({item->rule, item->code}, patient)) Rematch({}, patient);
    if (came_back) Fire(patient);
  }
  return "OK";
}

std::string Model::Report(const std::string& enrollment, const Key& key, int attempt, v1::DeliveryOutcome outcome) {
  Patient& patient = patients_.at(enrollment);
  Item* item = Find(enrollment, key);
  if (outcome == v1::DELIVERY_OUTCOME_DELIVERED || outcome == v1::DELIVERY_OUTCOME_BOUNCED) {
    return ReportReceipt(&patient, outcome, item);
  }
  if (outcome == v1::DELIVERY_OUTCOME_SENT) {
    ReportSent(&patient, attempt, item);
    return "OK";
  }
  const bool holds = item->state == v1::REMINDER_STATE_LEASED && item->attempts == attempt && now_ < item->available;
  if (!holds) return "FAILED_PRECONDITION/LEASE_LOST";
  Become(item, v1::REMINDER_STATE_DUE);
  item->available = item->From(now_);
  if (outcome == v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE) {
    if (++item->failures == 8) Become(item, v1::REMINDER_STATE_FAILED, v1::REMINDER_REASON_ATTEMPTS_EXHAUSTED);
    const absl::Duration pause = RetryPause(item->failures, StableHash(NameOf(enrollment, key)));
    item->available = item->From(now_ + absl::Floor(pause, absl::Microseconds(1)));
  } else if (outcome == v1::DELIVERY_OUTCOME_PERMANENT_FAILURE) {
    item->failures = 0;
    const int next = FirstWanted(patient, item->contact_point + 1);
    if (next >= 0) Direct(patient, next, item);
    if (next < 0) Become(item, v1::REMINDER_STATE_FAILED, v1::REMINDER_REASON_REJECTED_BY_CHANNEL);
  }
  return "OK";
}

void Model::MakeCompleted(const Patient& patient, v1::ReminderReason reason, Item* item) const {
  if (!item->done()) {
    item->telling = item->cover.value_or(item->telling);
    item->procedure_date = FactsOf(patient).procedure_date;
    item->decided = now_;
    item->hand.reset();
    // What a gateway has may have reached the patient.
    if (item->attempts > 0 && !item->sent) {
      item->sent = now_;
      item->sent_to = ReadAddress(item->leases.back().channel, item->leases.back().address);
    }
  }
  Become(item, v1::REMINDER_STATE_COMPLETED, reason);
}

std::string Model::Complete(const std::string& enrollment, const Key& key) {
  Patient& patient = patients_.at(enrollment);
  Item* item = Find(enrollment, key);
  if (item->state == v1::REMINDER_STATE_COMPLETED) return "OK";
  if (!item->open() && !item->held() && !item->asks()) {
    return "FAILED_PRECONDITION/INVALID_TRANSITION";
  }
  MakeCompleted(patient, v1::REMINDER_REASON_UNSPECIFIED, item);
  ReactToCompletion(key, &patient);
  ExpectNoAnswer(InstanceOf(patient, key), &patient);
  AdjustAfterReactions(&patient);
  return "OK";
}

std::vector<absl::Time> Model::Edges() const {
  std::vector<absl::Time> edges;
  for (const auto& [id, patient] : patients_) {
    for (const auto& [key, item] : patient.items) {
      const bool paused = patient.state == v1::ENROLLMENT_STATE_PAUSED && !item.ignores_pause();
      const bool runs = patient.state != v1::ENROLLMENT_STATE_ENDED && !paused;
      if (runs && item.to_come()) edges.push_back(item.due);
      const bool may_miss = item.open() || item.held();
      if (paused && may_miss) edges.push_back(item.expire);
      if (item.waits()) edges.insert(edges.end(), {item.available, item.expire});
    }
  }
  edges.erase(std::remove_if(edges.begin(), edges.end(), [this](absl::Time edge) { return edge <= now_; }),
              edges.end());
  std::sort(edges.begin(), edges.end());
  return edges;
}

std::string Model::Pause(const std::string& enrollment) {
  Patient& patient = patients_.at(enrollment);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  if (patient.state == v1::ENROLLMENT_STATE_PAUSED) return "FAILED_PRECONDITION/ENROLLMENT_PAUSED";
  patient.state = v1::ENROLLMENT_STATE_PAUSED;
  patient.held_from = now_ + absl::Microseconds(1);  // what is due at this instant has come due
  for (auto& [key, item] : patient.items) {
    if (item.state == v1::REMINDER_STATE_LEASED) Become(&item, v1::REMINDER_STATE_DUE);
  }
  Derive(&patient);
  return "OK";
}

void Model::ResumeOne(Patient* patient) {
  if (now_ > *patient->held_from) patient->pauses.emplace_back(*patient->held_from, now_);
  patient->held_from.reset();
  patient->state = v1::ENROLLMENT_STATE_ACTIVE;
  for (auto& [key, item] : patient->items) {
    if (item.waits()) item.available = item.due;
  }
  Rematch({}, patient);
  Fire(patient);
}

std::string Model::Resume(const std::string& enrollment) {
  Patient& patient = patients_.at(enrollment);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  if (patient.state != v1::ENROLLMENT_STATE_PAUSED) return "FAILED_PRECONDITION/ENROLLMENT_NOT_PAUSED";
  ResumeOne(&patient);
  return "OK";
}

void Model::EndOne(v1::EndReason reason, Patient* patient) {
  if (patient->state == v1::ENROLLMENT_STATE_PAUSED) ResumeOne(patient);
  patient->state = v1::ENROLLMENT_STATE_ENDED;
  patient->end_time = now_;
  patient->end_reason = reason;
  for (auto& [key, item] : patient->items) {
    if (item.known && item.open()) {
      Become(&item, v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_ENROLLMENT_ENDED);
    }
  }
  Derive(patient);
}

std::string Model::EndOthers(const std::string& patient, v1::EndReason reason) {
  std::string told;
  for (auto& [id, other] : patients_) {
    if (other.data.patient() != patient || other.state == v1::ENROLLMENT_STATE_ENDED) continue;
    EndOne(reason, &other);
    absl::StrAppend(&told, " ended ", id);
  }
  return told;
}

// The death of a patient is one fact, wherever it stands: it is corrected everywhere. A transfer ended what ended then.
std::string Model::Correct(v1::EndReason reason, Patient* patient) {
  const v1::EndReason was = patient->end_reason;
  patient->end_reason = reason;
  std::string told;
  for (auto& [id, other] : patients_) {
    const bool together = was == v1::END_REASON_DECEASED ||
                          (was == v1::END_REASON_TRANSFERRED && other.end_time == patient->end_time);
    const bool same = other.data.patient() == patient->data.patient() && other.end_reason == was;
    if (!same || !together) continue;
    other.end_reason = reason;
    absl::StrAppend(&told, " corrected ", id);
  }
  return told;
}

std::string Model::End(const std::string& enrollment, v1::EndReason reason) {
  Patient& patient = patients_.at(enrollment);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) {
    if (patient.end_reason == reason) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
    const std::string corrected = Correct(reason, &patient);
    const bool died = reason == v1::END_REASON_DECEASED;
    return absl::StrCat("OK", died ? EndOthers(patient.data.patient(), reason) : "", corrected);
  }
  EndOne(reason, &patient);
  const bool leaves = reason == v1::END_REASON_DECEASED || reason == v1::END_REASON_TRANSFERRED;
  return absl::StrCat("OK", leaves ? EndOthers(patient.data.patient(), reason) : "");
}

std::string Model::MayEnrol(const v1::Enrollment& data, bool allow_concurrent) const {
  bool runs = false;
  for (const auto& [id, other] : patients_) {
    if (other.data.patient() != data.patient()) continue;
    if (other.end_reason == v1::END_REASON_DECEASED) return "FAILED_PRECONDITION/PATIENT_DECEASED";
    runs = runs || (other.state != v1::ENROLLMENT_STATE_ENDED && other.data.pathway() == data.pathway());
  }
  return runs && !allow_concurrent ? "ALREADY_EXISTS/PATIENT_ENROLLED" : "OK";
}

}  // namespace aftercare::engine
