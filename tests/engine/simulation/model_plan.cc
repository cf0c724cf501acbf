// The part of Model that says what a change of plans does to reminders.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/model.h"
#include "tests/plan/slow_plan.h"

namespace aftercare::engine {
namespace {

// Whether a rule is for a patient: every condition holds.
bool Applies(const v1::Rule& rule, const v1::Pathway& pathway, const v1::Enrollment& data) {
  return std::all_of(rule.conditions().begin(), rule.conditions().end(), [&](const v1::Condition& condition) {
    std::string value;
    for (const v1::Factor& factor : pathway.factors()) {
      if (factor.id() == condition.factor()) value = factor.default_value();
    }
    const auto given = data.factors().find(condition.factor());
    if (given != data.factors().end()) value = given->second;
    return std::find(condition.values().begin(), condition.values().end(), value) != condition.values().end();
  });
}

// Whether a rule is for the state its visit is in.
bool FitsVisit(const v1::Rule& rule, const Model::Patient& patient) {
  const auto found = patient.visits.find(rule.visit().visit());
  const v1::VisitState state = found == patient.visits.end() ? v1::VISIT_STATE_UNBOOKED : found->second.state();
  return !rule.has_visit() || rule.visit().state() == state;
}

// All occurrences of the patient's year.
std::vector<plan::Occurrence> PlanOf(const std::string& clinic_id, const v1::Clinic& clinic,
                                     const Model::Patient& patient) {
  plan::RandomFacts facts;
  facts.procedure_date = plan::ParseDate(patient.data.procedure_date()).value();
  facts.zone = plan::FindZone(patient.data.time_zone()).value();
  facts.enroll_time = plan::ToTime(patient.data.enroll_time());
  for (const auto& [from, until] : patient.pauses)
    facts.suspensions.push_back({from, until, v1::REMINDER_REASON_PAUSED});
  if (patient.changed) {
    facts.suspensions.push_back({absl::InfinitePast(), *patient.changed, v1::REMINDER_REASON_MOVED_BY_REANCHOR});
  }
  std::stable_sort(facts.suspensions.begin(), facts.suspensions.end(),
                   [](const plan::Suspension& a, const plan::Suspension& b) { return a.until < b.until; });
  for (int rule = 0; rule < patient.pathway->rule_count(); ++rule) {
    const v1::Rule& source = patient.pathway->rule_source(rule);
    facts.rules[rule] = Applies(source, patient.pathway->source(), patient.data) && FitsVisit(source, patient);
  }
  facts.contact_hours = patient.data.has_contact_hours() ? patient.data.contact_hours() : clinic.contact_hours();
  facts.clinic = clinic;
  for (const auto& [id, visit] : patient.visits) *facts.history.add_visits() = visit;
  facts.setting.spread_seed = plan::SpreadSeed(clinic_id, patient.id);
  return plan::SlowPlan(*patient.pathway, facts);
}

v1::ReminderState StateOfMissed(v1::ReminderReason reason) {
  if (reason == v1::REMINDER_REASON_PAUSED) return v1::REMINDER_STATE_SUPPRESSED;
  if (reason == v1::REMINDER_REASON_LATE_ENROLLMENT) return v1::REMINDER_STATE_EXPIRED;
  if (reason == v1::REMINDER_REASON_WINDOW_CLOSED) return v1::REMINDER_STATE_EXPIRED;
  return v1::REMINDER_STATE_CANCELLED;
}

// Whether two versions of an enrollment have the same days and rules.
bool SameAnchors(const v1::Enrollment& a, const v1::Enrollment& b) {
  const auto factors = [](const v1::Enrollment& data) {
    return std::map<std::string, std::string>(data.factors().begin(), data.factors().end());
  };
  return a.pathway_revision() == b.pathway_revision() && a.procedure_date() == b.procedure_date() &&
         a.time_zone() == b.time_zone() && factors(a) == factors(b);
}

bool HasRule(const plan::CompiledPathway& pathway, const std::string& id) {
  const auto& rules = pathway.source().rules();
  return std::any_of(rules.begin(), rules.end(), [&](const v1::Rule& rule) { return rule.id() == id; });
}

// What is still to be sent or done, with its due time.
std::map<Model::Key, absl::Time> Pending(const Model::Patient& patient) {
  std::map<Model::Key, absl::Time> pending;
  for (const auto& [key, item] : patient.items) {
    if (item.open() && (item.known || !item.outside_contact_hours)) pending[key] = item.due;
  }
  return pending;
}

// Copies what belongs to the plan, such as category and due time, and leaves what has happened to the item.
void PutWhere(const Model::Item& place, Model::Item* item) {
  item->rule = place.rule;
  item->number = place.number;
  item->phase = place.phase;
  item->category = place.category;
  item->for_care_team = place.for_care_team;
  item->visit = place.visit;
  item->answer = place.answer;
  item->due = place.due;
  item->expire = place.expire;
  item->outside_contact_hours = place.outside_contact_hours;
  item->missed = place.missed;
  item->missed_time = place.missed_time;
}

}  // namespace

Model::Year Model::YearOf(const Patient& patient) const {
  Year year;
  const absl::TimeZone zone = plan::FindZone(patient.data.time_zone()).value();
  for (const plan::Occurrence& occurrence : PlanOf(id_, clinic_, patient)) {
    const v1::Rule& rule = patient.pathway->rule_source(occurrence.rule);
    Place& place = year[{rule.id(), occurrence.number}];
    place.item.rule = rule.id();
    place.item.number = occurrence.number;
    place.item.phase = rule.phase();
    place.item.category = rule.category();
    place.item.for_care_team = rule.audience() == v1::AUDIENCE_CARE_TEAM;
    place.item.visit = rule.visit().visit();
    place.item.answer = rule.answer();
    place.civil = occurrence.nominal;
    place.begins = absl::InfiniteFuture();
    if (rule.visit().state() == v1::VISIT_STATE_BOOKED) {
      place.begins = absl::FromUnixMicros(patient.visits.at(place.item.visit).start_micros());
    }
    place.item.due = occurrence.due;
    place.item.expire = occurrence.expire;
    place.item.outside_contact_hours = occurrence.outside_contact_hours;
    place.nominal = zone.At(absl::CivilSecond(occurrence.nominal)).pre;
    place.window = rule.schedule().window().days() == 0 && rule.schedule().window().has_days()
                       ? ""
                       : rule.schedule().window().ShortDebugString();
    place.item.missed = occurrence.missed;
    place.item.missed_time = occurrence.missed == v1::REMINDER_REASON_PAUSED ? occurrence.expire
                             : occurrence.missed == v1::REMINDER_REASON_MOVED_BY_REANCHOR
                                 ? *patient.changed
                                 : plan::ToTime(patient.data.enroll_time());
  }
  return year;
}

// Sets the state of every item to which nothing has happened. It follows from the plan, the enrollment and the time.
void Model::Derive(Patient* patient) const {
  const auto set = [](v1::ReminderState state, v1::ReminderReason reason, std::optional<absl::Time> since, Item* item) {
    item->state = state;
    item->reason = reason;
    item->state_time = since;
  };
  for (auto& [key, item] : patient->items) {
    if (item.known) continue;
    if (item.missed != v1::REMINDER_REASON_UNSPECIFIED) {
      set(StateOfMissed(item.missed), item.missed, item.missed_time, &item);
    } else if (patient->state == v1::ENROLLMENT_STATE_ENDED) {
      set(v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_ENROLLMENT_ENDED, patient->end_time, &item);
    } else if (patient->state == v1::ENROLLMENT_STATE_PAUSED && item.expire <= now_) {
      set(v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_PAUSED, item.expire, &item);
    } else {
      set(v1::REMINDER_STATE_SCHEDULED, v1::REMINDER_REASON_UNSPECIFIED, std::nullopt, &item);
    }
  }
}

// Moves every item that a plan may still move to where the current plan has it.
void Model::Move(Patient* patient) {
  for (const auto& [key, place] : YearOf(*patient)) {
    const auto [found, is_new] = patient->items.try_emplace(key, place.item);
    Item& item = found->second;
    // An item that a change of the plan has moved stays there if the calendar leaves no time for it in the plan.
    const bool has_none = item.known && place.item.missed != v1::REMINDER_REASON_UNSPECIFIED;
    if (!is_new && !item.fixed && !item.moved && !has_none) PutWhere(place.item, &item);
  }
  Derive(patient);
}

void Model::SetCalendar(const v1::Clinic& clinic) {
  *clinic_.mutable_contact_hours() = clinic.contact_hours();
  if (!clinic.has_contact_hours()) clinic_.clear_contact_hours();
  *clinic_.mutable_closed_weekdays() = clinic.closed_weekdays();
  *clinic_.mutable_holidays() = clinic.holidays();
  for (auto& [id, patient] : patients_) Move(&patient);
  FireAll();
}

void Model::Enrol(const std::string& enrollment, const v1::Enrollment& data) {
  Patient& patient = patients_[enrollment];
  patient.id = enrollment;
  patient.data = data;
  if (data.pathway_revision() == 0) patient.data.set_pathway_revision(newest_revision());
  patient.pathway = revisions_[patient.data.pathway_revision() - 1];
  if (data.time_zone().empty()) patient.data.set_time_zone(clinic_.time_zone());
  plan::SetTimestamp(now_, patient.data.mutable_enroll_time());
  Move(&patient);
  Fire(&patient);
}

// Applies a new plan to an item to which something has happened: the item comes again, moves, ends or stays.
void Model::ReanchorKnown(const Place* before, const Place* after, const std::string& visit, Item* item) const {
  const bool has_place = after != nullptr && after->item.missed == v1::REMINDER_REASON_UNSPECIFIED;
  const bool same = before != nullptr && after != nullptr && before->nominal == after->nominal &&
                    before->window == after->window && before->begins == after->begins &&
                    before->item.for_care_team == after->item.for_care_team;
  const bool was_called_off = item->reason == v1::REMINDER_REASON_CANCELLED_BY_CLINIC ||
                              item->reason == v1::REMINDER_REASON_ANSWERED ||
                              item->reason == v1::REMINDER_REASON_SILENCED;
  if (item->done() || was_called_off) return;
  if (item->open() && after != nullptr) {
    item->phase = after->item.phase;
    item->category = after->item.category;
    item->answer = after->item.answer;
    item->for_care_team = after->item.for_care_team;
    item->visit = after->item.visit;
  }
  // A reminder that changes between patient and care team comes again, at once if its time has passed.
  const bool another =
      item->open() && before != nullptr && after != nullptr && before->item.for_care_team != after->item.for_care_team;
  if (item->open() && item->moved && after != nullptr && same) return;
  const bool of_visit = !visit.empty() && item->visit == visit;
  const auto reason = of_visit ? v1::REMINDER_REASON_VISIT_CHANGED : v1::REMINDER_REASON_MOVED_BY_REANCHOR;
  if (item->open() && item->moved && after != nullptr && !another) {
    if (item->due < after->begins) item->expire = std::min(item->expire, after->begins);
    if (item->due >= after->begins) Become(item, v1::REMINDER_STATE_CANCELLED, reason);
    return;
  }
  const bool comes = has_place && !same &&
                     (after->item.due > now_ || another || (!item->open() && of_visit && after->item.due == now_));
  if (comes) {
    PutWhere(after->item, item);
    Become(item, v1::REMINDER_STATE_SCHEDULED);
    item->contact_point = 0;
    item->failures = 0;
    item->moved = false;
  } else if (item->open() && !has_place && !same) {
    Become(item, v1::REMINDER_STATE_CANCELLED, reason);
  } else if (item->state == v1::REMINDER_STATE_SCHEDULED && has_place) {
    PutWhere(after->item, item);
  } else if (item->open() && has_place && !same) {
    item->expire = after->item.expire;
  }
}

void Model::Reanchor(const Year& before, const std::string& visit, Patient* patient, Diff* diff) const {
  const Year after = YearOf(*patient);
  const auto in = [](const Year& year, const Key& key) { return year.count(key) > 0 ? &year.at(key) : nullptr; };
  std::map<Key, Item> items;
  for (const auto& [key, place] : after) items[key] = place.item;
  for (auto& [key, item] : patient->items) {
    if (!item.known) continue;
    const Place* old_place = in(before, key);
    const Place* new_place = in(after, key);
    if (item.done() && new_place != nullptr &&
        (old_place == nullptr || old_place->nominal != new_place->nominal || old_place->window != new_place->window ||
         old_place->begins != new_place->begins || old_place->item.for_care_team != new_place->item.for_care_team)) {
      ++diff->sent;
    }
    ReanchorKnown(old_place, new_place, visit, &item);
    items[key] = item;
  }
  patient->items = std::move(items);
  Derive(patient);
}

void Model::Compare(const Patient& before, const Patient& after, Diff* diff) {
  const auto old_pending = Pending(before), new_pending = Pending(after);
  for (const auto& [key, due] : old_pending) {
    const auto found = new_pending.find(key);
    diff->dropped += found == new_pending.end() ? 1 : 0;
    diff->moved += found != new_pending.end() && found->second != due ? 1 : 0;
  }
  for (const auto& [key, due] : new_pending) diff->added += old_pending.count(key) == 0 ? 1 : 0;
}

// Sends what is open to the first contact point that is wanted, or suppresses it.
void Model::SettleContacts(Patient* patient) const {
  for (auto& [key, item] : patient->items) {
    if (!item.waits() || item.for_care_team) continue;
    const int first = patient->data.consent() == v1::CONSENT_GRANTED ? FirstWanted(*patient, 0) : -1;
    if (first >= 0 || item.contact_point >= patient->data.contact_points_size()) {
      Direct(*patient, std::max(first, 0), &item);
    }
    item.failures = 0;
    if (item.state == v1::REMINDER_STATE_DUE) item.available = std::min(item.available, item.From(now_));
    if (patient->data.consent() != v1::CONSENT_GRANTED) {
      Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_NO_CONSENT);
    } else if (patient->data.contact_points().empty()) {
      Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_NO_CONTACT_POINT);
    } else if (FirstWanted(*patient, 0) < 0) {
      Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_OPTED_OUT);
    }
  }
}

std::string Model::Update(const std::string& enrollment, const v1::Enrollment& data, bool allow_drop, Diff* diff) {
  Patient& patient = patients_.at(enrollment);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  if (data.SerializeAsString() == patient.data.SerializeAsString()) return "OK";
  Patient changed = patient;
  changed.data = data;
  changed.pathway = revisions_[data.pathway_revision() - 1];
  if (SameAnchors(data, patient.data)) {
    Move(&changed);
  } else {
    changed.changed = now_;
    if (changed.held_from) {
      if (now_ > *changed.held_from) changed.pauses.emplace_back(*changed.held_from, now_);
      changed.held_from = now_;
    }
    Reanchor(YearOf(patient), "", &changed, diff);
  }
  Compare(patient, changed, diff);
  for (const auto& [key, due] : Pending(patient)) {
    const bool dropped = !changed.items.count(key) || !changed.items.at(key).open();
    if (!allow_drop && dropped && !HasRule(*changed.pathway, key.first)) return "FAILED_PRECONDITION/RULES_DROPPED";
  }
  const auto contacts = [](const v1::Enrollment& of) {
    v1::Enrollment only;
    only.set_consent(of.consent());
    *only.mutable_contact_points() = of.contact_points();
    return only.SerializeAsString();
  };
  const bool reachable_otherwise = contacts(data) != contacts(patient.data);
  patient = std::move(changed);
  Fire(&patient);
  if (reachable_otherwise) SettleContacts(&patient);
  return "OK";
}

void Model::ChangeVisit(Patient* patient, const record::v1::VisitRecord& record, Diff* diff) {
  const Patient before = *patient;
  patient->visits[record.visit()] = record;
  patient->visits[record.visit()].set_since_micros(absl::ToUnixMicros(now_));
  Reanchor(YearOf(before), record.visit(), patient, diff);
  Compare(before, *patient, diff);
  Fire(patient);
}

std::string Model::ScheduleVisit(const std::string& enrollment, const std::string& visit, absl::Time start,
                                 Diff* diff) {
  Patient& patient = patients_.at(enrollment);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  record::v1::VisitRecord record;
  if (patient.visits.count(visit) > 0) record = patient.visits.at(visit);
  const bool is_booked = record.state() == v1::VISIT_STATE_BOOKED;
  if (is_booked && record.start_micros() == absl::ToUnixMicros(start)) return "OK";
  if (record.state() == v1::VISIT_STATE_ATTENDED) return "FAILED_PRECONDITION/VISIT_ATTENDED";
  record.set_visit(visit);
  record.set_state(v1::VISIT_STATE_BOOKED);
  record.set_appointment(record.appointment() + (is_booked ? 0 : 1));
  record.set_start_micros(absl::ToUnixMicros(start));
  ChangeVisit(&patient, record, diff);
  return "OK";
}

std::string Model::RecordOutcome(const std::string& enrollment, const std::string& visit, v1::VisitState outcome,
                                 Diff* diff) {
  Patient& patient = patients_.at(enrollment);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  if (patient.visits.count(visit) == 0) return "FAILED_PRECONDITION/VISIT_NOT_BOOKED";
  record::v1::VisitRecord record = patient.visits.at(visit);
  if (outcome == v1::VISIT_STATE_MISSED && absl::ToUnixMicros(now_) < record.start_micros()) {
    return "FAILED_PRECONDITION/VISIT_STILL_TO_COME";
  }
  if (record.state() == outcome) return "OK";
  record.set_state(outcome);
  ChangeVisit(&patient, record, diff);
  return "OK";
}

std::string Model::MoveItem(const std::string& enrollment, const Key& key, absl::Time due) {
  Patient& patient = patients_.at(enrollment);
  Item& item = patient.items.at(key);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  if (item.state != v1::REMINDER_STATE_SCHEDULED && item.state != v1::REMINDER_STATE_DUE) {
    return "FAILED_PRECONDITION/INVALID_TRANSITION";
  }
  const Year year = YearOf(patient);
  const absl::Time begins = year.count(key) > 0 ? year.at(key).begins : absl::InfiniteFuture();
  if (due >= begins) return "INVALID_ARGUMENT/INVALID_FIELDS";
  const absl::TimeZone zone = plan::FindZone(patient.data.time_zone()).value();
  if (!item.for_care_team && !plan::SlowOpen(HoursOf(patient), due, zone)) {
    return "FAILED_PRECONDITION/OUTSIDE_CONTACT_HOURS";
  }
  const auto& rules = patient.pathway->source().rules();
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const v1::Rule& r) { return r.id() == key.first; });
  const absl::CivilMinute shown = absl::ToCivilMinute(due, zone);
  item.missed = v1::REMINDER_REASON_UNSPECIFIED;
  item.due = due;
  item.expire = std::min(begins, plan::SlowClose(rule->schedule().window(), shown, due, zone));
  item.outside_contact_hours = false;
  item.moved = true;
  Become(&item, v1::REMINDER_STATE_SCHEDULED);
  Fire(&patient);
  return "OK";
}

std::string Model::CancelItem(const std::string& enrollment, const Key& key) {
  Patient& patient = patients_.at(enrollment);
  Item& item = patient.items.at(key);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  if (item.reason == v1::REMINDER_REASON_CANCELLED_BY_CLINIC) return "OK";
  if (!item.open()) return "FAILED_PRECONDITION/INVALID_TRANSITION";
  Become(&item, v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_CANCELLED_BY_CLINIC);
  return "OK";
}

std::string Model::RestoreItem(const std::string& enrollment, const Key& key) {
  Patient& patient = patients_.at(enrollment);
  Item& item = patient.items.at(key);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  const bool cancelled = item.reason == v1::REMINDER_REASON_CANCELLED_BY_CLINIC;
  if (!cancelled && !item.moved) return "FAILED_PRECONDITION/NOT_ADJUSTED";
  if (!cancelled && item.state != v1::REMINDER_STATE_SCHEDULED && item.state != v1::REMINDER_STATE_DUE) {
    return "FAILED_PRECONDITION/INVALID_TRANSITION";
  }
  const Year year = YearOf(patient);
  const auto place = year.find(key);
  if (place == year.end() || place->second.item.missed != v1::REMINDER_REASON_UNSPECIFIED ||
      place->second.item.expire <= now_) {
    return "FAILED_PRECONDITION/WINDOW_CLOSED";
  }
  PutWhere(place->second.item, &item);
  item.moved = false;
  Become(&item, v1::REMINDER_STATE_SCHEDULED);
  Fire(&patient);
  return "OK";
}

std::string Model::Migrate(int revision, bool allow_drop, Diff* diff) {
  const std::map<std::string, Patient> before = patients_;
  for (auto& [id, patient] : before) {
    if (patient.state == v1::ENROLLMENT_STATE_ENDED) continue;
    v1::Enrollment data = patient.data;
    data.set_pathway_revision(revision);
    const std::string answer = Update(id, data, allow_drop, diff);
    if (answer == "OK") continue;
    patients_ = before;
    return answer;
  }
  return "OK";
}

}  // namespace aftercare::engine
