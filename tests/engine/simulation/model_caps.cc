// The part of Model about caps on messages, which follows v1::MessageCap and v1::Pathway.important_categories.
#include <algorithm>
#include <tuple>

#include "absl/time/civil_time.h"
#include "scheduler/plan/civil.h"
#include "tests/engine/simulation/model.h"
#include "tests/plan/slow_plan.h"

namespace aftercare::engine {
namespace {

constexpr int kWeek = 7;

// Returns the stricter of two limits. 0 is none.
int Stricter(int a, int b) { return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b); }

// Returns whether an item is a message that has come due and has not ended unsent.
bool Counts(const Model::Item& item) {
  if (item.for_care_team) return false;
  const bool was_leased = item.state == v1::REMINDER_STATE_COMPLETED && item.attempts > 0;
  return item.waits() || item.asks() || was_leased;
}

bool IsSafety(const Model::Patient& patient, const Model::Item& item) {
  const auto& safe = patient.pathway->source().safety_categories();
  return std::count(safe.begin(), safe.end(), item.category) > 0;
}

// Returns the place of the item's category among the important ones. What is less is more important.
int ImportanceOf(const Model::Patient& patient, const Model::Item& item) {
  const auto& categories = patient.pathway->source().important_categories();
  return static_cast<int>(std::find(categories.begin(), categories.end(), item.category) - categories.begin());
}

// Returns whether answers may withhold the item.
bool HasConditions(const Model::Patient& patient, const Model::Item& item) {
  const int rule = item.cover ? patient.pathway->FindRule(item.cover->rule) : -1;
  return rule >= 0 && !patient.pathway->rule_source(rule).observed().empty();
}

absl::TimeZone ZoneOf(const Model::Patient& patient) { return plan::FindZone(patient.data.time_zone()).value(); }

}  // namespace

// Returns what a patient gets at most: both the clinic's and the pathway's caps hold.
v1::MessageCap Model::CapOf(const Patient& patient) const {
  const v1::MessageCap& own = patient.pathway->source().message_cap();
  v1::MessageCap cap;
  cap.set_per_day(Stricter(own.per_day(), clinic_.message_cap().per_day()));
  cap.set_per_week(Stricter(own.per_week(), clinic_.message_cap().per_week()));
  return cap;
}

// Returns items that come due at one instant in the order in which caps look at them: by due time, then by the place of
// the rule in the pathway, then by nominal time.
std::vector<Model::Key> Model::InOrder(const Patient& patient, const std::set<Key>& keys) {
  std::vector<Key> order(keys.begin(), keys.end());
  const auto rank = [&](const Key& key) {
    const Item& item = patient.items.at(key);
    return std::make_tuple(item.due, patient.pathway->FindRule(item.rule), item.telling.nominal, item.code);
  };
  std::sort(order.begin(), order.end(), [&](const Key& a, const Key& b) { return rank(a) < rank(b); });
  return order;
}

// Returns how many messages the patient has, in all enrollments, on that many days up to today. Those that `waiting`
// names have not come due yet.
int Model::CountMessages(const Patient& patient, const std::set<Key>& waiting, int days) const {
  const absl::TimeZone zone = ZoneOf(patient);
  const absl::CivilDay today = absl::ToCivilDay(now_, zone);
  int count = 0;
  for (const auto& [id, stored] : patients_) {
    if (stored.data.patient() != patient.data.patient()) continue;
    const bool is_own = id == patient.id;
    for (const auto& [key, item] : is_own ? patient.items : stored.items) {
      if (!Counts(item) || (is_own && waiting.count(key) > 0)) continue;
      const absl::CivilDay day = absl::ToCivilDay(item.came_due.value_or(item.due), zone);
      count += today - days < day && day <= today ? 1 : 0;
    }
  }
  return count;
}

// Returns whether the item is a message for which room is kept.
bool Model::MayNeedRoom(const Patient& patient, const Item& item) {
  return !item.for_care_team && !IsRefused(patient, item) && !HasConditions(patient, item);
}

// Returns how many messages of more important categories the enrollment still has today: those that `waiting` names,
// and those that the plan has for later.
int Model::CountMoreImportant(const Patient& patient, const std::set<Key>& waiting, const Item& than) const {
  const absl::Time end = absl::FromCivil(absl::ToCivilDay(now_, ZoneOf(patient)) + 1, ZoneOf(patient));
  int count = 0;
  for (const auto& [key, item] : patient.items) {
    const bool is_later = item.state == v1::REMINDER_STATE_SCHEDULED && !item.outside_contact_hours &&
                          item.due > now_ && item.due < end;
    if (!is_later && waiting.count(key) == 0) continue;
    count += MayNeedRoom(patient, item) && ImportanceOf(patient, item) < ImportanceOf(patient, than) ? 1 : 0;
  }
  return count;
}

v1::ReminderReason Model::WhyHeldBack(const Patient& patient, const std::set<Key>& waiting, const Item& item) const {
  std::set<Key> later = waiting;
  later.erase({item.rule, item.code});
  const v1::MessageCap cap = CapOf(patient);
  const int kept = CountMoreImportant(patient, later, item);
  const bool is_day_full = cap.per_day() > 0 && CountMessages(patient, waiting, 1) + kept >= cap.per_day();
  const bool is_week_full = cap.per_week() > 0 && CountMessages(patient, waiting, kWeek) + kept >= cap.per_week();
  if (IsSafety(patient, item) || (!is_day_full && !is_week_full)) return v1::REMINDER_REASON_UNSPECIFIED;
  return is_day_full ? v1::REMINDER_REASON_DAILY_CAP : v1::REMINDER_REASON_WEEKLY_CAP;
}

// Puts an item off to its time of the next day, or to the next opening of the contact hours. If its window is over by
// then, it is not sent.
void Model::HoldBack(const Patient& patient, v1::ReminderReason reason, Item* item) const {
  const absl::TimeZone zone = ZoneOf(patient);
  const absl::CivilSecond time =
      item->moved ? absl::UTCTimeZone().At(*item->hand).cs : absl::CivilSecond(item->telling.nominal);
  const absl::CivilDay tomorrow = absl::ToCivilDay(now_, zone) + 1;
  absl::Time next = zone.At(absl::CivilSecond(tomorrow) + (time - absl::CivilSecond(absl::CivilDay(time)))).pre;
  while (next < item->expire && !plan::SlowOpen(HoursOf(patient), next, zone)) next += absl::Minutes(1);
  if (next >= item->expire) return Become(item, v1::REMINDER_STATE_SUPPRESSED, reason);
  if (!item->before_caps) item->before_caps = item->due;
  item->due = next;
  Become(item, v1::REMINDER_STATE_SCHEDULED, reason);
}

// Asks the caps about the messages among `arriving` that have become DUE. Removes those that are put off.
void Model::ApplyCaps(Patient* patient, std::set<Key>* arriving) const {
  std::set<Key> waiting;
  for (const Key& key : *arriving) {
    const Item& item = patient->items.at(key);
    if (!item.for_care_team && item.state == v1::REMINDER_STATE_DUE) waiting.insert(key);
  }
  const absl::TimeZone zone = ZoneOf(*patient);
  for (const Key& key : InOrder(*patient, waiting)) {
    Item& item = patient->items.at(key);
    const v1::ReminderReason reason = WhyHeldBack(*patient, waiting, item);
    waiting.erase(key);
    if (reason != v1::REMINDER_REASON_UNSPECIFIED) {
      HoldBack(*patient, reason, &item);
      if (item.put_off()) arriving->erase(key);
      continue;
    }
    item.came_due.reset();
    if (absl::ToCivilDay(now_, zone) > absl::ToCivilDay(item.due, zone)) item.came_due = now_;
  }
}

// What is put off stays so while the plan has it on the same nominal day and the time lies in its window. Otherwise the
// plan's time holds.
void Model::FollowPutOff(const Place& place, Item* item) {
  const absl::Time due = item->due;
  const bool same_day = absl::CivilDay(place.telling.nominal) == absl::CivilDay(item->telling.nominal);
  const bool stays = same_day && place.item.due <= due && due < place.item.expire;
  PutWhere(place, item);
  if (stays) {
    item->due = due;
    item->outside_contact_hours = false;
  } else {
    item->reason = v1::REMINDER_REASON_UNSPECIFIED;
  }
}

}  // namespace aftercare::engine
