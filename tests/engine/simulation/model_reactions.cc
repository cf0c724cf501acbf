// The part of Model that says what answers set off, and what their absence and words of danger do.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/reminder_name.h"
#include "tests/engine/simulation/model.h"
#include "tests/plan/slow_plan.h"

namespace aftercare::engine {
namespace {

// Returns a text that lives as long as the program. Views of it may be kept.
absl::string_view Kept(const std::string& text) {
  static auto* const texts = new std::set<std::string>();
  return *texts->insert(text).first;
}

bool Names(const v1::Reaction& reaction, const std::string& rule) {
  return std::find(reaction.rules().begin(), reaction.rules().end(), rule) != reaction.rules().end();
}

// Returns whether an answer sets off a rule, if the rule asks for it.
bool IsMet(const v1::Reaction& reaction, const Model::Item& item) {
  switch (reaction.when_case()) {
    case v1::Reaction::kScoreAtLeast:
      return item.score && *item.score >= reaction.score_at_least();
    case v1::Reaction::kScoreAtMost:
      return item.score && *item.score <= reaction.score_at_most();
    case v1::Reaction::kDone:
      return item.did && *item.did == reaction.done();
    default:
      return false;
  }
}

// Answers of one minute set off the same; if the rule has times of day, those of one day do. Returns that minute, or
// the day's first.
absl::CivilMinute Together(const v1::Rule& rule, absl::Time time, absl::TimeZone zone) {
  if (rule.schedule().times().empty()) return absl::ToCivilMinute(time, zone);
  return absl::CivilMinute(absl::ToCivilDay(time, zone));
}

// Returns the nominal times of what the answers of one minute or day set off.
std::vector<absl::CivilMinute> NominalTimes(const v1::Schedule& schedule, absl::CivilMinute together) {
  const int days = schedule.on().empty() ? 0 : schedule.on(0).days();
  if (schedule.times().empty()) return {together + days * 24 * 60};
  std::vector<absl::CivilMinute> times;
  for (const std::string& time : schedule.times()) {
    times.push_back(together + days * 24 * 60 + plan::ParseTimeOfDay(time).value());
  }
  return times;
}

}  // namespace

// Returns what the causes set off for one time. They are an anchor of its own, known by the first of them.
Model::Place Model::PlaceOf(const Patient& patient, const plan::RandomFacts& facts, int index,
                            const std::set<int>& causes, absl::CivilMinute nominal) {
  const v1::Rule& rule = patient.pathway->rule_source(index);
  absl::Time begun = absl::InfiniteFuture();
  for (const int i : causes) {
    if (!patient.causes[i].withdrawn) begun = std::min(begun, patient.causes[i].time);
  }
  plan::Occurrence occurrence = plan::SlowOccurrence(rule, 0, nominal, facts, begun).Result();
  occurrence.rule = index;
  Place place;
  Describe(rule, occurrence, patient, &place);
  if (occurrence.missed == v1::REMINDER_REASON_WINDOW_CLOSED) place.item.missed_time = begun;
  place.item.causes = causes;
  plan::NamedTime named{absl::CivilDay(nominal), std::nullopt};
  if (rule.schedule().times_size() != 1) named.minute = nominal.hour() * 60 + nominal.minute();
  place.item.code = plan::EncodeName(named);
  plan::Telling& telling = place.telling;
  telling.series = Kept(absl::StrCat(place.item.for_care_team ? "to the care team: " : "", rule.id()));
  telling.rule = Kept(rule.id());
  telling.line = plan::Line{0, rule.schedule().on().empty() ? 0 : rule.schedule().on(0).days()};
  telling.visit = Kept(absl::StrCat("cause ", *causes.begin()));
  telling.start = patient.causes[*causes.begin()].time;
  telling.nominal = nominal;
  telling.zone = facts.zone;
  telling.instant = facts.zone.At(absl::CivilSecond(nominal)).pre;
  telling.expire = plan::SlowClose(rule.schedule().window(), nominal, telling.instant, facts.zone);
  telling.times = std::max(1, rule.schedule().times_size());
  return place;
}

// Adds what answers set off. What is known of them does not depend on who the patient is, but the plan does.
void Model::AddReactions(const Patient& patient, const plan::RandomFacts& facts, Year* year) {
  for (int index = 0; index < patient.pathway->rule_count(); ++index) {
    const v1::Rule& rule = patient.pathway->rule_source(index);
    if (!rule.has_reaction() || !facts.rules[index]) continue;
    std::map<absl::CivilMinute, std::set<int>> sets;
    for (size_t i = 0; i < patient.causes.size(); ++i) {
      const Cause& cause = patient.causes[i];
      if (cause.rule == rule.id()) sets[Together(rule, cause.time, facts.zone)].insert(static_cast<int>(i));
    }
    for (const auto& [together, causes] : sets) {
      const bool withdrawn =
          std::all_of(causes.begin(), causes.end(), [&](int cause) { return patient.causes[cause].withdrawn; });
      if (withdrawn) continue;
      for (const absl::CivilMinute nominal : NominalTimes(rule.schedule(), together)) {
        year->push_back(PlaceOf(patient, facts, index, causes, nominal));
      }
    }
  }
}

// Returns whether everything that set off an item was withdrawn.
bool Model::IsWithdrawn(const Patient& patient, const Item& item) {
  return item.reacts && std::all_of(item.causes.begin(), item.causes.end(),
                                    [&](int cause) { return patient.causes[cause].withdrawn; });
}

// Lets the rules react to the answer of an item. A correction withdraws what it does not set off.
void Model::ReactToAnswer(int index, Patient* patient) const {
  if (patient->state == v1::ENROLLMENT_STATE_ENDED) return;
  const Key& key = *replies_[index].reminder;
  const Item& item = patient->items.at(key);
  std::set<std::string> reacting;
  for (const v1::Rule& rule : patient->pathway->source().rules()) {
    if (Names(rule.reaction(), item.rule) && IsMet(rule.reaction(), item)) reacting.insert(rule.id());
  }
  for (Cause& cause : patient->causes) {
    if (cause.silence || cause.question != key || cause.withdrawn) continue;
    cause.withdrawn = reacting.erase(cause.rule) == 0;
  }
  for (const std::string& rule : reacting) patient->causes.push_back({rule, replies_[index].time, index, key});
}

// Lets the rules react to the words of a reply, once it is known whose it is.
void Model::ReactToWords(int index) {
  KeptReply& reply = replies_[index];
  if (reply.enrollment.empty() || !reply.saying.danger) return;
  Patient& patient = patients_.at(reply.enrollment);
  reply.danger = true;
  if (patient.state == v1::ENROLLMENT_STATE_ENDED) return;
  for (const v1::Rule& rule : patient.pathway->source().rules()) {
    const bool reacts = rule.reaction().word_list() == "danger";
    if (reacts) patient.causes.push_back({rule.id(), reply.time, index, std::nullopt});
  }
  Rematch({}, &patient);
  Fire(&patient);
}

// Who completes a question whether something was done says that it was.
void Model::ReactToCompletion(const Key& key, Patient* patient) const {
  const Item& item = patient->items.at(key);
  if (patient->state == v1::ENROLLMENT_STATE_ENDED || item.answer != v1::ANSWER_KIND_DONE) return;
  for (const v1::Rule& rule : patient->pathway->source().rules()) {
    if (Names(rule.reaction(), item.rule) && rule.reaction().done()) {
      patient->causes.push_back({rule.id(), now_, -1, key});
    }
  }
}

// From now on an item that was sent may stay unanswered. Returns whether any rule reacts to that.
bool Model::ExpectAnswer(const Key& key, Patient* patient) const {
  const Item& item = patient->items.at(key);
  if (patient->state == v1::ENROLLMENT_STATE_ENDED || !item.asks()) return false;
  for (const Key& other : InstanceOf(*patient, key)) {
    if (patient->items.at(other).state == v1::REMINDER_STATE_COMPLETED) return false;
  }
  bool any = false;
  for (const v1::Rule& rule : patient->pathway->source().rules()) {
    if (!rule.reaction().no_answer() || !Names(rule.reaction(), item.rule)) continue;
    patient->causes.push_back({rule.id(), item.expire, -1, key, /*silence=*/true});
    any = true;
  }
  return any;
}

// Nobody waits for an answer to these items any more. Returns whether a rule would have reacted to its absence.
bool Model::ExpectNoAnswer(const std::set<Key>& keys, Patient* patient) {
  if (patient->state == v1::ENROLLMENT_STATE_ENDED) return false;
  bool any = false;
  for (Cause& cause : patient->causes) {
    const bool meant = cause.silence && keys.count(*cause.question) > 0 && !cause.withdrawn;
    if (!meant) continue;
    cause.withdrawn = true;
    any = true;
  }
  return any;
}

}  // namespace aftercare::engine
