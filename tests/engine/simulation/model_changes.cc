// The part of Model that changes the facts of plans, and what people set by hand.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/model.h"
#include "tests/plan/slow_plan.h"

namespace aftercare::engine {
namespace {

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

// Returns an enrollment as it is stored.
v1::Enrollment Stored(v1::Enrollment data) {
  for (v1::ContactPoint& point : *data.mutable_contact_points()) {
    point.set_address(StoredAddress(point.channel(), point.address()));
  }
  return data;
}

}  // namespace

void Model::SetCalendar(const v1::Clinic& clinic) {
  *clinic_.mutable_contact_hours() = clinic.contact_hours();
  if (!clinic.has_contact_hours()) clinic_.clear_contact_hours();
  *clinic_.mutable_closed_weekdays() = clinic.closed_weekdays();
  *clinic_.mutable_holidays() = clinic.holidays();
  *clinic_.mutable_message_cap() = clinic.message_cap();
  for (auto& [id, patient] : patients_) {
    Rematch({}, &patient);
    Fire(&patient);
  }
}

void Model::Enrol(const std::string& enrollment, const v1::Enrollment& data) {
  Patient& patient = patients_[enrollment];
  patient.id = enrollment;
  patient.data = Stored(data);
  if (data.pathway_revision() == 0) patient.data.set_pathway_revision(newest_revision());
  patient.pathway = revisions_[patient.data.pathway_revision() - 1];
  if (data.time_zone().empty()) patient.data.set_time_zone(clinic_.time_zone());
  plan::SetTimestamp(now_, patient.data.mutable_enroll_time());
  CopyDecisions(&patient);
  Rematch({}, &patient);
  Fire(&patient);
}

// Returns whether contact hours let an item out in its window. Tasks need none, and what a gateway holds is out.
bool Model::IsLetOut(const Patient& patient, const Item& item) const {
  if (item.for_care_team || item.state == v1::REMINDER_STATE_LEASED) return true;
  const absl::TimeZone zone = FactsOf(patient).zone;
  for (absl::Time time = std::max(item.due, now_); time < item.expire;
       time = absl::FromUnixSeconds((absl::ToUnixSeconds(time) / 60 + 1) * 60)) {
    if (plan::SlowOpen(HoursOf(patient), time, zone)) return true;
  }
  return false;
}

// Notes what is to be sent or done before and after a change, and what was sent and stands for another time now.
void Model::Compare(const Patient& before, const Patient& after, Diff* diff) const {
  const auto note = [this](const Patient& patient, std::map<std::string, absl::Time>* pending) {
    const bool is_reachable = patient.data.consent() == v1::CONSENT_GRANTED && FirstWanted(patient, 0) >= 0;
    for (const auto& [key, item] : patient.items) {
      if (!item.for_care_team && (!is_reachable || IsRefused(patient, item))) continue;
      if (item.known ? !IsLetOut(patient, item) : item.outside_contact_hours) continue;
      if (item.open()) (*pending)[NameOf(patient.id, key)] = item.due;
    }
  };
  note(before, &diff->before);
  note(after, &diff->after);
  // What a newer one supersedes as it comes due is never sent, nor what follows up a question that was not sent.
  Patient fired = after;
  Fire(&fired);
  for (const auto& [key, item] : fired.items) {
    const std::string name = NameOf(after.id, key);
    const bool ends_at_once = item.reason == v1::REMINDER_REASON_SUPERSEDED ||
                              item.reason == v1::REMINDER_REASON_QUESTION_NOT_SENT ||
                              item.reason == v1::REMINDER_REASON_CONDITION_NOT_MET;
    if (ends_at_once) diff->after.erase(name);
  }
  for (const auto& [key, item] : after.items) {
    if (!item.done() || !item.cover) continue;
    const std::optional<plan::Telling>& cover = before.items.at(key).cover;
    if (!cover || cover->instant != item.cover->instant) diff->already_sent.insert(NameOf(after.id, key));
  }
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
    // What a gateway holds for an old contact point is taken back.
    if (item.state == v1::REMINDER_STATE_LEASED && first >= 0 &&
        item.leases.back().address != patient->data.contact_points(item.contact_point).address()) {
      Become(&item, v1::REMINDER_STATE_DUE);
      item.available = item.From(now_);
    }
    if (item.state == v1::REMINDER_STATE_DUE) item.available = std::min(item.available, item.From(now_));
    if (patient->data.consent() != v1::CONSENT_GRANTED) {
      Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_NO_CONSENT);
    } else if (IsRefused(*patient, item)) {
      Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_CATEGORY_REFUSED);
    } else if (patient->data.contact_points().empty()) {
      Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_NO_CONTACT_POINT);
    } else if (FirstWanted(*patient, 0) < 0) {
      Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_OPTED_OUT);
    }
  }
}

// What stood under the facts of `before` counts as told under the new procedure date, if that is later.
void Model::KeepSent(const Patient& before, Patient* patient) const {
  for (auto& [key, item] : patient->items) {
    if (!item.done() || !plan::StandsForProcedure(StoredOf(item), FactsOf(before))) continue;
    item.procedure_date = std::max(item.procedure_date, FactsOf(*patient).procedure_date);
  }
}

std::string Model::Update(const std::string& enrollment, const v1::Enrollment& written, UpdateOptions options,
                          Diff* diff) {
  const v1::Enrollment data = Stored(written);
  Patient& patient = patients_.at(enrollment);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  if (data.SerializeAsString() == patient.data.SerializeAsString()) return "OK";
  Patient changed = patient;
  changed.data = data;
  ForgetReplaced(patient.data, &changed);
  changed.pathway = revisions_[data.pathway_revision() - 1];
  if (SameAnchors(data, patient.data)) {
    Rematch({}, &changed);
  } else {
    if (options.keep_sent) KeepSent(patient, &changed);
    NoteFactsChange(&changed);
    Rematch({.facts_changed = true}, &changed);
  }
  Compare(patient, changed, diff);
  for (const auto& [key, item] : patient.items) {
    const auto still = changed.items.find(key);
    const auto is_to_come = [](const Item& one) { return one.open() || one.held(); };
    const bool dropped = is_to_come(item) && (still == changed.items.end() || !is_to_come(still->second));
    if (!options.allow_drop && dropped && !HasRule(*changed.pathway, key.first)) {
      return "FAILED_PRECONDITION/RULES_DROPPED";
    }
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
  EndRefused(&patient);
  return "OK";
}

void Model::ChangeVisit(Patient* patient, const record::v1::VisitRecord& record, Diff* diff) {
  const Patient before = *patient;
  patient->visits[record.visit()] = record;
  patient->visits[record.visit()].set_since_micros(absl::ToUnixMicros(now_));
  Rematch({.facts_changed = true, .visit = record.visit()}, patient);
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
  record.set_date(plan::FormatDate(absl::ToCivilDay(start, plan::FindZone(clinic_.time_zone()).value())));
  record.set_outside_window_agreed(!IsBookedInWindow(patient, record));
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

// Somebody decides about an item: it is about what it covers now.
void Model::Decide(const Patient& patient, Item* item) const {
  item->telling = item->cover.value_or(item->telling);
  item->procedure_date = FactsOf(patient).procedure_date;
  item->decided = now_;
  item->moved = false;
  item->hand.reset();
}

std::string Model::MoveItem(const std::string& enrollment, const Key& key, absl::Time due) {
  Patient& patient = patients_.at(enrollment);
  Item& item = patient.items.at(key);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  if (!item.to_come() && item.state != v1::REMINDER_STATE_DUE) return "FAILED_PRECONDITION/INVALID_TRANSITION";
  if (due >= item.begins) return "INVALID_ARGUMENT/INVALID_FIELDS";
  const absl::TimeZone zone = FactsOf(patient).zone;
  if (!item.for_care_team && !plan::SlowOpen(HoursOf(patient), due, zone)) {
    return "FAILED_PRECONDITION/OUTSIDE_CONTACT_HOURS";
  }
  Decide(patient, &item);
  item.moved = true;
  const absl::TimeZone::CivilInfo local = zone.At(due);
  item.hand = absl::FromCivil(local.cs, absl::UTCTimeZone()) + local.subsecond;
  PutByHand(zone, due, &item);
  Become(&item, v1::REMINDER_STATE_SCHEDULED);
  Rematch({}, &patient);
  Fire(&patient);
  return "OK";
}

std::string Model::CancelItem(const std::string& enrollment, const Key& key) {
  Patient& patient = patients_.at(enrollment);
  Item& item = patient.items.at(key);
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  if (item.reason == v1::REMINDER_REASON_CANCELLED_BY_CLINIC) return "OK";
  if (!item.open() && !item.held()) return "FAILED_PRECONDITION/INVALID_TRANSITION";
  Decide(patient, &item);
  Become(&item, v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_CANCELLED_BY_CLINIC);
  Rematch({}, &patient);
  Fire(&patient);
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
  const auto place = std::find_if(year.begin(), year.end(), [&](const Place& p) {
    return item.cover && p.telling.rule == item.cover->rule && IsSame(p.telling, *item.cover);
  });
  if (place == year.end() || place->item.missed != v1::REMINDER_REASON_UNSPECIFIED || place->item.expire <= now_) {
    return "FAILED_PRECONDITION/WINDOW_CLOSED";
  }
  Decide(patient, &item);
  if (place->item.rule == item.rule) PutWhere(*place, &item);
  Become(&item, v1::REMINDER_STATE_SCHEDULED);
  Rematch({}, &patient);
  Fire(&patient);
  return "OK";
}

std::string Model::Migrate(int revision, bool allow_drop, Diff* diff) {
  const std::map<std::string, Patient> before = patients_;
  for (auto& [id, patient] : before) {
    if (patient.state == v1::ENROLLMENT_STATE_ENDED) continue;
    v1::Enrollment data = patient.data;
    data.set_pathway_revision(revision);
    const std::string answer = Update(id, data, {.allow_drop = allow_drop}, diff);
    if (answer == "OK") continue;
    patients_ = before;
    return answer;
  }
  return "OK";
}

// Where messages may go.

const std::set<v1::Channel>& Model::OptedOut(const Patient& patient) const {
  static const auto* const none = new std::set<v1::Channel>();
  const auto found = opted_out_.find(patient.data.patient());
  return found == opted_out_.end() ? *none : found->second;
}

bool Model::IsWanted(const Patient& patient, int contact_point) const {
  const v1::ContactPoint& point = patient.data.contact_points(contact_point);
  return OptedOut(patient).count(point.channel()) == 0 && StateOf(point) != v1::CONTACT_POINT_STATE_STOPPED;
}

int Model::FirstWanted(const Patient& patient, int from) const {
  for (int i = from; i < patient.data.contact_points_size(); ++i) {
    if (IsWanted(patient, i)) return i;
  }
  return -1;
}

v1::ContactPointState Model::StateOf(const v1::ContactPoint& point) const {
  const Address address = ReadAddress(point.channel(), point.address());
  if (stopped_.count(address) > 0) return v1::CONTACT_POINT_STATE_STOPPED;
  const bool held = std::any_of(replies_.begin(), replies_.end(),
                                [&](const KeptReply& reply) { return reply.holds.count(address) > 0; });
  return held ? v1::CONTACT_POINT_STATE_HELD : v1::CONTACT_POINT_STATE_UNSPECIFIED;
}

bool Model::IsHeld(const Patient& patient, const Item& item) const {
  const auto& safe = patient.pathway->source().safety_categories();
  if (item.for_care_team || !item.open() || std::count(safe.begin(), safe.end(), item.category) > 0) return false;
  const int point = item.waits() ? item.contact_point : FirstWanted(patient, 0);
  return point >= 0 && point < patient.data.contact_points_size() &&
         StateOf(patient.data.contact_points(point)) == v1::CONTACT_POINT_STATE_HELD;
}

void Model::Direct(const Patient& patient, int contact_point, Item* item) const {
  item->contact_point = contact_point;
  const auto& points = patient.data.contact_points();
  item->channel = contact_point < points.size() ? points[contact_point].channel() : v1::CHANNEL_UNSPECIFIED;
}

void Model::TakeBack(Item* item) const {
  if (item->state != v1::REMINDER_STATE_LEASED) return;
  Become(item, v1::REMINDER_STATE_DUE);
  item->available = item->From(now_);
}

// What may not go where it is to go takes the next way, if there is one. What is held is with no gateway.
void Model::Redirect() {
  for (auto& [enrollment, patient] : patients_) {
    for (auto& [key, item] : patient.items) {
      if (!item.waits() || item.for_care_team) continue;
      if (IsRefused(patient, item)) {
        Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_CATEGORY_REFUSED);
        continue;
      }
      if (IsWanted(patient, item.contact_point)) {
        if (IsHeld(patient, item)) TakeBack(&item);
        continue;
      }
      const int next = FirstWanted(patient, item.contact_point + 1);
      if (next < 0) {
        Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_OPTED_OUT);
        continue;
      }
      Direct(patient, next, &item);
      item.failures = 0;
      TakeBack(&item);
      item.available = std::min(item.available, item.From(now_));
    }
  }
}

// No doubtful reply holds the address any more. The care team need not decide about a reply that holds no address.
void Model::Settle(const Address& address) {
  for (KeptReply& reply : replies_) {
    if (reply.holds.erase(address) == 0 || !reply.holds.empty()) continue;
    if (reply.task == v1::REPLY_TASK_DECIDE) reply.task = v1::REPLY_TASK_UNSPECIFIED;
  }
}

void Model::Stop(const Address& address) {
  stopped_.insert(address);
  Settle(address);
  Redirect();
}

void Model::Start(const Address& address) {
  stopped_.erase(address);
  Settle(address);
}

}  // namespace aftercare::engine
