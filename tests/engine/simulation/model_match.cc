// The part of Model that compares the items of a patient with the plan: what each of them covers, what the plan does
// not have any more, and what becomes of occurrences that nothing covers. It follows the design, section 5, "What was
// sent stands for what it told".
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/reminder_name.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/model.h"
#include "tests/plan/slow_plan.h"

namespace aftercare::engine {
namespace {

v1::ReminderState StateOfMissed(v1::ReminderReason reason) {
  if (reason == v1::REMINDER_REASON_PAUSED) return v1::REMINDER_STATE_SUPPRESSED;
  if (reason == v1::REMINDER_REASON_LATE_ENROLLMENT) return v1::REMINDER_STATE_EXPIRED;
  if (reason == v1::REMINDER_REASON_WINDOW_CLOSED) return v1::REMINDER_STATE_EXPIRED;
  return v1::REMINDER_STATE_CANCELLED;
}

bool SameAnchor(const plan::Telling& a, const plan::Telling& b) {
  return a.series == b.series && a.visit == b.visit && a.start == b.start && a.outside_by == b.outside_by;
}

bool IsByChange(v1::ReminderReason reason) {
  return reason == v1::REMINDER_REASON_MOVED_BY_REANCHOR || reason == v1::REMINDER_REASON_VISIT_CHANGED ||
         reason == v1::REMINDER_REASON_ANSWER_CORRECTED;
}

}  // namespace

bool Model::IsSame(const plan::Telling& a, const plan::Telling& b) {
  return SameAnchor(a, b) && a.instant == b.instant && a.expire == b.expire && a.line == b.line;
}

// What was never sent because of answers, of a newer one that was sent, or of a change, is decided again with each
// change. So it is as if a change had ended it.
plan::Standing Model::StandingOf(const Item& item) {
  if (item.done()) return plan::Standing::kTold;
  if (item.open()) return item.hand ? plan::Standing::kSetByPerson : plan::Standing::kOpen;
  switch (item.reason) {
    case v1::REMINDER_REASON_CANCELLED_BY_CLINIC:
      return plan::Standing::kSetByPerson;
    case v1::REMINDER_REASON_MOVED_BY_REANCHOR:
    case v1::REMINDER_REASON_VISIT_CHANGED:
    case v1::REMINDER_REASON_ANSWER_CORRECTED:
      // The time that somebody set is not forgotten, since the change may be undone. What was leased stays ended.
      return item.hand && item.attempts == 0 ? plan::Standing::kSetByPerson : plan::Standing::kEndedByChange;
    case v1::REMINDER_REASON_ANSWERED:
    case v1::REMINDER_REASON_SILENCED:
    case v1::REMINDER_REASON_GROUP_ENDED:
      return plan::Standing::kEndedByChange;
    default:
      return plan::Standing::kEndedUnsent;
  }
}

// The name is that of the caller.
plan::StoredReminder Model::StoredOf(const Item& item) const {
  plan::StoredReminder stored;
  stored.telling = item.telling;
  stored.standing = StandingOf(item);
  const bool decided = stored.standing == plan::Standing::kTold || stored.standing == plan::Standing::kSetByPerson;
  stored.time = decided ? item.decided : item.state_time.value_or(absl::InfiniteFuture());
  stored.procedure_date = item.procedure_date;
  return stored;
}

// Returns which occurrence of the plan each known item covers.
std::map<Model::Key, int> Model::CoversOf(const Patient& patient, const Year& year) const {
  std::vector<Key> keys;
  std::vector<std::string> names;
  std::vector<plan::StoredReminder> stored;
  for (const auto& [key, item] : patient.items) {
    if (!item.known) continue;
    keys.push_back(key);
    names.push_back(absl::StrCat(key.first, ".", plan::FormatNameCode(key.second)));
    stored.push_back(StoredOf(item));
  }
  for (size_t i = 0; i < names.size(); ++i) stored[i].name = names[i];
  std::vector<plan::Telling> tellings;
  for (const Place& place : year) tellings.push_back(place.telling);
  const std::vector<std::optional<int>> covers = plan::Match(stored, tellings, FactsOf(patient));
  std::map<Key, int> result;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (covers[i]) result[keys[i]] = *covers[i];
  }
  return result;
}

// Returns which occurrence each known item covers if nothing is matched again.
std::map<Model::Key, int> Model::KeptCovers(const Patient& patient, const Year& year) {
  std::map<Key, int> covers;
  for (const auto& [key, item] : patient.items) {
    for (size_t i = 0; item.known && item.cover && i < year.size(); ++i) {
      const plan::Telling& telling = year[i].telling;
      if (item.cover->rule == telling.rule && item.cover->nominal == telling.nominal) covers[key] = static_cast<int>(i);
    }
  }
  return covers;
}

// Copies what the rule says, and leaves the times.
void Model::PutLabels(const Place& place, Item* item) {
  item->phase = place.item.phase;
  item->category = place.item.category;
  item->for_care_team = place.item.for_care_team;
  item->supersede = place.item.supersede;
  item->visit = place.item.visit;
  item->answer = place.item.answer;
  item->follow_up = place.item.follow_up;
  item->reacts = place.item.reacts;
  item->causes = place.item.causes;
  item->window = place.item.window;
  item->begins = place.item.begins;
}

// Copies what belongs to the plan, such as category and due time, and leaves what has happened to the item.
void Model::PutWhere(const Place& place, Item* item) {
  PutLabels(place, item);
  item->due = place.item.due;
  item->expire = place.item.expire;
  item->outside_contact_hours = place.item.outside_contact_hours;
  item->missed = place.item.missed;
  item->missed_time = place.item.missed_time;
}

// Puts an item at a time that somebody set.
void Model::PutByHand(absl::TimeZone zone, absl::Time due, Item* item) {
  item->due = due;
  item->expire = std::min(item->begins, plan::SlowClose(item->window, absl::ToCivilMinute(due, zone), due, zone));
  item->outside_contact_hours = false;
  item->missed = v1::REMINDER_REASON_UNSPECIFIED;
}

// The item comes once more, by the plan.
void Model::ComeAgain(const Place& place, Item* item) const {
  PutWhere(place, item);
  item->contact_point = 0;
  item->failures = 0;
  item->moved = false;
  Become(item, v1::REMINDER_STATE_SCHEDULED);
}

void Model::EndByChange(const Occasion& occasion, const Patient& patient, Item* item) const {
  if (IsWithdrawn(patient, *item)) {
    return Become(item, v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_ANSWER_CORRECTED);
  }
  const bool of_visit = !occasion.visit.empty() && item->visit == occasion.visit;
  Become(item, v1::REMINDER_STATE_CANCELLED,
         of_visit ? v1::REMINDER_REASON_VISIT_CHANGED : v1::REMINDER_REASON_MOVED_BY_REANCHOR);
}

// What was leased must not differ from what a lease would give now.
bool Model::HasAnotherText(const Occasion& occasion, const Patient& patient, const Item& item) const {
  const bool may_differ = occasion.facts_changed || (occasion.texts_changed && item.waits());
  if (!kLeasedTextIsTrue || !may_differ || occasion.by_report || item.attempts == 0) return false;
  // A patient who has agreed to health information since may have got the text without it.
  Patient discreet = patient;
  discreet.data.clear_consent_decisions();
  const std::string& leased = item.leases.back().text;
  return TextOf(patient, item) != leased && TextOf(discreet, item) != leased;
}

// An alarm that came due stays to be done, whatever the facts become, as long as the answer stands and the pathway has
// its rule.
bool Model::OutlivesPlan(const Patient& patient, const Item& item) {
  if (!item.waits() || !item.for_care_team || !item.reacts || IsWithdrawn(patient, item)) return false;
  const auto& rules = patient.pathway->source().rules();
  return std::any_of(rules.begin(), rules.end(), [&](const v1::Rule& rule) {
    return rule.id() == item.rule && rule.has_reaction() && rule.audience() == v1::AUDIENCE_CARE_TEAM;
  });
}

// An item that is not sent stays where the plan still has its own occurrence, by its own rule.
void Model::FollowOpen(const Occasion& occasion, const Patient& patient, const Place* place, Item* item) const {
  if (place == nullptr && OutlivesPlan(patient, *item)) return;
  if (place == nullptr || place->item.rule != item->rule) return EndByChange(occasion, patient, item);
  item->cover = place->telling;
  if (HasAnotherText(occasion, patient, *item)) return EndByChange(occasion, patient, item);
  if (item->state != v1::REMINDER_STATE_SCHEDULED) return PutLabels(*place, item);
  if (place->item.missed != v1::REMINDER_REASON_UNSPECIFIED) return EndByChange(occasion, patient, item);
  if (item->put_off()) return FollowPutOff(*place, item);
  PutWhere(*place, item);
}

// The local time that somebody set holds while the plan has the item on its day. Otherwise the plan's time holds.
void Model::FollowByHand(const Occasion& occasion, const Patient& patient, const Place* place, Item* item) const {
  if (place == nullptr) {
    if (item->open() && !OutlivesPlan(patient, *item)) EndByChange(occasion, patient, item);
    return;
  }
  if (place->item.rule != item->rule) {
    // Another rule says the same now: what was set is void.
    item->freed = place->telling;
    if (item->open()) EndByChange(occasion, patient, item);
    item->hand.reset();
    item->moved = false;
    return;
  }
  const absl::TimeZone zone = FactsOf(patient).zone;
  item->cover = place->telling;
  PutLabels(*place, item);
  const absl::TimeZone::CivilInfo local = absl::UTCTimeZone().At(*item->hand);
  absl::Time by_hand = zone.At(local.cs).pre + local.subsecond;
  if (absl::ToCivilSecond(item->due, zone) == local.cs) by_hand = item->due;  // of a local time that clocks repeat
  const bool same_day = absl::CivilDay(place->telling.nominal) == absl::CivilDay(item->telling.nominal);
  const bool holds = same_day && by_hand < item->begins;
  const absl::Time closes = plan::SlowClose(item->window, absl::ToCivilMinute(by_hand, zone), by_hand, zone);
  const absl::Time end = std::min(closes, item->begins);
  const bool is_put_off = item->put_off() && by_hand <= item->due && item->due < end;
  const bool stays = item->open() && item->moved == holds && (!holds || item->due == by_hand || is_put_off);
  const bool leased = item->attempts > 0;
  if (item->state == v1::REMINDER_STATE_DUE && holds && !leased && by_hand <= now_) {
    item->telling = place->telling;
    item->procedure_date = FactsOf(patient).procedure_date;
    return;
  }
  // What was leased since it came due so is at another time only after the next change of facts.
  if (item->open() && leased && !stays && !occasion.facts_changed) return;
  if (item->open() && (HasAnotherText(occasion, patient, *item) || (leased && !stays))) {
    item->moved = false;
    item->freed = place->telling;
    return EndByChange(occasion, patient, item);
  }
  if (stays && item->state != v1::REMINDER_STATE_SCHEDULED) return;
  if (!holds && place->item.missed != v1::REMINDER_REASON_UNSPECIFIED) {
    if (item->open() && !stays) EndByChange(occasion, patient, item);
    return;
  }
  // The time that somebody set is over.
  if (holds && !stays && closes <= now_) {
    if (item->open()) EndByChange(occasion, patient, item);
    return;
  }
  if (!stays) ComeAgain(*place, item);
  if (stays && holds && is_put_off) item->expire = end;
  if (holds && !stays) PutByHand(zone, by_hand, item);
  if (!holds) PutWhere(*place, item);
  item->moved = holds;
}

// Lets the items that are not sent follow the plan. Returns what all known items cover then.
std::map<Model::Key, int> Model::FollowPlan(const Occasion& occasion, const Year& year, Patient* patient) const {
  // What the items of an ended enrollment cover stays: nothing is sent any more.
  if (patient->state == v1::ENROLLMENT_STATE_ENDED) return KeptCovers(*patient, year);
  std::map<Key, int> covers = CoversOf(*patient, year);
  for (bool again = true; again;) {
    again = false;
    for (auto& [key, item] : patient->items) {
      const plan::Standing before = StandingOf(item);
      const bool by_hand = item.hand && before == plan::Standing::kSetByPerson;
      if (!item.known || (before != plan::Standing::kOpen && !by_hand)) continue;
      const auto cover = covers.find(key);
      const Place* place = cover == covers.end() ? nullptr : &year[cover->second];
      by_hand ? FollowByHand(occasion, *patient, place, &item) : FollowOpen(occasion, *patient, place, &item);
      again = again || StandingOf(item) != before;
    }
    if (again) covers = CoversOf(*patient, year);
  }
  return covers;
}

// Compares the items with the plan. Afterwards each occurrence is covered by a known item, or is an item.
void Model::Rematch(const Occasion& occasion, Patient* patient) const {
  const Year year = YearOf(*patient);
  for (auto& [key, item] : patient->items) item.freed.reset();
  std::map<Key, int> covers = FollowPlan(occasion, year, patient);
  std::vector<Item*> covering(year.size(), nullptr);
  std::set<Key> were_to_come;
  for (auto it = patient->items.begin(); it != patient->items.end();) {
    if (!it->second.known) were_to_come.emplace(it->first.first, plan::WithoutCount(it->first.second));
    it = it->second.known ? std::next(it) : patient->items.erase(it);
  }
  for (auto& [key, item] : patient->items) {
    item.cover.reset();
    if (covers.count(key) == 0) continue;
    covering[covers[key]] = &item;
    item.cover = year[covers[key]].telling;
  }
  std::vector<const Item*> holders(covering.begin(), covering.end());
  for (size_t i = 0; i < year.size(); ++i) {
    if (holders[i] == nullptr) holders[i] = OwnEnded(year[i], patient);
  }
  std::vector<v1::ReminderReason> needless(year.size(), v1::REMINDER_REASON_UNSPECIFIED);
  if (patient->state != v1::ENROLLMENT_STATE_ENDED) needless = NeedlessByAnswers(*patient, year, holders);
  for (size_t i = 0; i < year.size(); ++i) {
    // Of an ended enrollment, what an ended item stood for until then goes on to be shown so.
    const Key key = {year[i].item.rule, year[i].item.code};
    const bool stays_unsent = patient->state == v1::ENROLLMENT_STATE_ENDED && OwnEnded(year[i], patient) != nullptr &&
                              patient->planned.count(key) > 0 && were_to_come.count(key) == 0;
    if (stays_unsent) continue;
    if (covering[i] == nullptr) {
      SettleUncovered(occasion, year, static_cast<int>(i), needless[i], were_to_come.count(key) > 0, patient);
    } else if (needless[i] != v1::REMINDER_REASON_UNSPECIFIED && covering[i]->open()) {
      Become(covering[i], v1::REMINDER_STATE_CANCELLED, needless[i]);
      // The answer is about what the item covers. A late report may still tell what a gateway was given.
      if (covering[i]->attempts == 0) covering[i]->telling = year[i].telling;
      covering[i]->cover.reset();
    }
  }
  patient->planned.clear();
  for (const Place& place : year) patient->planned.emplace(place.item.rule, place.item.code);
  Derive(patient);
}

// What becomes of an occurrence that nothing covers. One that is not sent is represented by an item that had it before,
// if there is one. One that is to come has its own item again, unless that was leased: then it gets another name.
void Model::SettleUncovered(const Occasion& occasion, const Year& year, int index, v1::ReminderReason needless,
                            bool was_to_come, Patient* patient) const {
  const Place& place = year[index];
  Item* own = OwnEnded(place, patient);
  const bool missed = place.item.missed != v1::REMINDER_REASON_UNSPECIFIED;
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
  if (patient->state != v1::ENROLLMENT_STATE_ENDED && !missed) {
    // A change that puts several of a repeating series into the past sends the latest of them at most. A report changes
    // nothing for what was still to come, as during a pause.
    const bool changes = occasion.facts_changed && !(occasion.by_report && was_to_come);
    const bool puts_into_past = changes && place.item.due <= now_ && place.item.expire > now_;
    const bool is_old = !place.telling.line && !HadUnsent(*patient, place) && !IsLatest(*patient, year, place);
    if (puts_into_past && (is_old || IsSuperseded(*patient, place))) reason = v1::REMINDER_REASON_SUPERSEDED;
    if (needless != v1::REMINDER_REASON_UNSPECIFIED) reason = needless;
  }
  const bool wanted = !missed && reason == v1::REMINDER_REASON_UNSPECIFIED;
  const bool ended = patient->state == v1::ENROLLMENT_STATE_ENDED;
  if (own != nullptr && !wanted) return;
  // What an answer ended may come back when facts change, but not once its window is over, or if somebody had moved it.
  const bool stays_answered = !occasion.facts_changed || (own != nullptr && own->hand) || place.item.expire <= now_;
  if (own != nullptr && !IsByChange(own->reason) && stays_answered) return;
  if (own != nullptr && own->attempts == 0 && !ended) {
    ComeAgain(place, own);
    own->cover = own->telling = place.telling;
    return;
  }
  // An item that was never leased gives its name to what the plan has for that name now.
  if (Item* const named = wanted && !ended ? EndedOfName(year, place, patient) : nullptr; named != nullptr) {
    ComeAgain(place, named);
    named->cover = named->telling = place.telling;
    return;
  }
  Item item = place.item;
  for (int count = 2; patient->items.count({item.rule, item.code}) > 0; ++count) {
    item.code = plan::WithCount(item.code, count);
  }
  if (reason != v1::REMINDER_REASON_UNSPECIFIED) {
    item.procedure_date = FactsOf(*patient).procedure_date;
    // What a newer one supersedes has its own occurrence for good. About answers each change decides again.
    if (reason != v1::REMINDER_REASON_SUPERSEDED) item.cover.reset();
    Become(&item, reason == v1::REMINDER_REASON_SUPERSEDED ? v1::REMINDER_STATE_EXPIRED : v1::REMINDER_STATE_CANCELLED,
           reason);
  }
  patient->items[{item.rule, item.code}] = item;
}

// Returns the item, ended by a change and covering nothing, whose own occurrence this is; preferably one that was never
// leased.
Model::Item* Model::OwnEnded(const Place& place, Patient* patient) {
  Item* own = nullptr;
  for (auto& [key, item] : patient->items) {
    const bool is_own = item.known && StandingOf(item) == plan::Standing::kEndedByChange &&
                        item.rule == place.item.rule && IsSame(item.telling, place.telling);
    if (is_own && (own == nullptr || own->attempts > 0)) own = &item;
  }
  return own;
}

// Returns the first item that has the name of the place, was never leased, and was ended by a change that took its own
// occurrence out of the plan. Null if there is none.
Model::Item* Model::EndedOfName(const Year& year, const Place& place, Patient* patient) {
  for (auto& [key, item] : patient->items) {
    const bool is_it = key.first == place.item.rule && plan::WithoutCount(key.second) == place.item.code;
    if (!is_it || item.attempts > 0) continue;
    if (!item.known || StandingOf(item) != plan::Standing::kEndedByChange || !IsByChange(item.reason)) continue;
    const bool has_own = std::any_of(year.begin(), year.end(), [&item = item](const Place& other) {
      return other.item.rule == item.rule && IsSame(other.telling, item.telling);
    });
    if (!has_own) return &item;
  }
  return nullptr;
}

// Returns whether the patient had an item for the occurrence, by any rule of the series, which a change ended before it
// was sent.
bool Model::HadUnsent(const Patient& patient, const Place& place) {
  return std::any_of(patient.items.begin(), patient.items.end(), [&](const auto& entry) {
    const Item& item = entry.second;
    if (item.freed && IsSame(*item.freed, place.telling)) return true;
    return item.known && StandingOf(item) == plan::Standing::kEndedByChange && IsByChange(item.reason) &&
           IsSame(item.telling, place.telling);
  });
}

// Returns whether the rule wants only the newest to be sent, and a later one was. One that was completed ahead of its
// time does not count before its time.
bool Model::IsSuperseded(const Patient& patient, const Place& place) const {
  return place.item.supersede && std::any_of(patient.items.begin(), patient.items.end(), [&](const auto& entry) {
    const Item& item = entry.second;
    if (!item.known || !item.done() || !SameAnchor(item.telling, place.telling)) return false;
    const absl::Time instant = item.cover.value_or(item.telling).instant;
    const bool is_ahead = !item.arrived && instant > now_;
    return instant > place.telling.instant && !is_ahead &&
           plan::StandsForProcedure(StoredOf(item), FactsOf(patient));
  });
}

// Returns whether no later occurrence of the series has had its time, and nothing of the series was sent since the time
// of this one.
bool Model::IsLatest(const Patient& patient, const Year& year, const Place& place) const {
  const absl::Time instant = place.telling.instant;
  const bool later = std::any_of(year.begin(), year.end(), [&](const Place& other) {
    return SameAnchor(other.telling, place.telling) && other.telling.instant > instant && other.telling.instant <= now_;
  });
  const bool sent = std::any_of(patient.items.begin(), patient.items.end(), [&](const auto& entry) {
    const Item& item = entry.second;
    return item.known && item.done() && SameAnchor(item.telling, place.telling) &&
           (item.telling.instant > instant || item.decided >= instant);
  });
  return !later && !sent;
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
    } else if (patient->state == v1::ENROLLMENT_STATE_PAUSED && item.expire <= now_ && !item.ignores_pause()) {
      set(v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_PAUSED, item.expire, &item);
    } else if (item.outside_contact_hours) {
      set(v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS, std::nullopt, &item);
    } else {
      set(v1::REMINDER_STATE_SCHEDULED, v1::REMINDER_REASON_UNSPECIFIED, std::nullopt, &item);
    }
  }
}

}  // namespace aftercare::engine
