// The part of Model about conditions on answers, and about reactions that end a group or change a factor.
#include <algorithm>

#include "tests/engine/simulation/model.h"

namespace aftercare::engine {
namespace {

// Returns what an item was answered, as a number: the score, or 1 for done and 0 for not done.
std::optional<int> ValueOf(const Model::Item& item) {
  if (item.answer == v1::ANSWER_KIND_DONE) return item.did.value_or(true) ? 1 : 0;
  return item.score;
}

bool Says(const v1::ObservedAnswers& condition, int value) {
  if (condition.has_score_at_least()) return value >= condition.score_at_least();
  if (condition.has_score_at_most()) return value <= condition.score_at_most();
  return (value != 0) == condition.done();
}

v1::AnswerKind KindOf(const v1::ObservedAnswers& condition) {
  return condition.has_done() ? v1::ANSWER_KIND_DONE : v1::ANSWER_KIND_SCORE;
}

// Returns whether the last answers of a patient say what a condition asks for.
bool Holds(const v1::ObservedAnswers& condition, const Model::Patient& patient) {
  std::vector<std::pair<absl::Time, int>> answers;
  for (const auto& [key, item] : patient.items) {
    const bool counts = std::count(condition.rules().begin(), condition.rules().end(), item.rule) > 0;
    if (!counts || item.state != v1::REMINDER_STATE_COMPLETED || item.answer != KindOf(condition)) continue;
    if (const auto value = ValueOf(item)) answers.emplace_back(*item.state_time, *value);
  }
  const size_t last = std::max(condition.last(), 1);
  if (answers.size() < last) return false;
  std::sort(answers.rbegin(), answers.rend());
  return std::all_of(answers.begin(), answers.begin() + last,
                     [&](const auto& answer) { return Says(condition, answer.second); });
}

const v1::Rule* FindRule(const Model::Patient& patient, const std::string& id) {
  const int rule = patient.pathway->FindRule(id);
  return rule < 0 ? nullptr : &patient.pathway->rule_source(rule);
}

// Returns the value of a factor: that of the pathway if the enrollment does not name it.
std::string FactorOf(const Model::Patient& patient, const std::string& factor) {
  const auto named = patient.data.factors().find(factor);
  if (named != patient.data.factors().end()) return named->second;
  const int index = patient.pathway->FindFactor(factor);
  return index < 0 ? "" : patient.pathway->source().factors(index).default_value();
}

}  // namespace

// Returns whether the conditions hold of the rule whose occurrence an item covers.
bool Model::ConditionsHold(const Patient& patient, const Item& item) {
  const v1::Rule* const rule = item.cover ? FindRule(patient, std::string(item.cover->rule)) : nullptr;
  if (rule == nullptr) return true;
  return std::all_of(rule->observed().begin(), rule->observed().end(), [&](const v1::ObservedCondition& condition) {
    return Holds(condition.answers(), patient) != condition.unless();
  });
}

std::set<std::string> Model::EndedGroups(const Patient& patient) {
  std::set<std::string> groups;
  for (const Cause& cause : patient.causes) {
    const v1::Rule* const rule = FindRule(patient, cause.rule);
    const bool ends = rule != nullptr && cause.effect > 0 && !cause.withdrawn && rule->reaction().has_end_group();
    if (ends) groups.insert(rule->reaction().end_group());
  }
  return groups;
}

// A change of facts splits a pause: what its first part made miss stays missed.
void Model::NoteFactsChange(Patient* patient) const {
  patient->changed = now_;
  if (!patient->held_from) return;
  if (now_ > *patient->held_from) patient->pauses.emplace_back(*patient->held_from, now_);
  patient->held_from = now_;
}

// Lets reactions take effect of which something has come due now. Returns how many reminders come due because of that.
int Model::TakeEffect(const std::set<Key>& arrived, Patient* patient) const {
  bool any = false;
  bool changes_factor = false;
  for (const Key& key : arrived) {
    const Item& item = patient->items.at(key);
    const v1::Rule* const rule = item.cover ? FindRule(*patient, std::string(item.cover->rule)) : nullptr;
    if (rule == nullptr || item.reason == v1::REMINDER_REASON_CONDITION_NOT_MET) continue;
    const v1::Reaction& reaction = rule->reaction();
    if (!reaction.has_end_group() && !reaction.has_set_factor()) continue;
    for (const int index : item.causes) {
      Cause& cause = patient->causes[index];
      if (cause.withdrawn || cause.effect > 0) continue;
      cause.effect = ++patient->effects;
      any = true;
      const v1::FactorChange& change = reaction.set_factor();
      if (!reaction.has_set_factor()) continue;
      const auto named = patient->data.factors().find(change.factor());
      const std::string from = named == patient->data.factors().end() ? "" : named->second;
      cause.change = Cause::Change{change.factor(), from, change.value()};
      if (FactorOf(*patient, change.factor()) == change.value()) continue;
      (*patient->data.mutable_factors())[change.factor()] = change.value();
      changes_factor = true;
    }
  }
  if (!any) return 0;
  if (changes_factor) NoteFactsChange(patient);
  Rematch({.facts_changed = changes_factor}, patient);
  return Fire(patient);
}

// Takes back the factors that withdrawn reactions have set, unless they were changed once more. Returns whether one
// changes by that.
bool Model::TakeBackEffects(Patient* patient) {
  bool changes = false;
  for (Cause& cause : patient->causes) {
    if (!cause.withdrawn || !cause.change) continue;
    const Cause::Change change = *cause.change;
    cause.change.reset();
    const auto later = std::find_if(patient->causes.begin(), patient->causes.end(), [&](const Cause& other) {
      return !other.withdrawn && other.change && other.change->factor == change.factor &&
             other.change->from == change.to && other.effect > cause.effect;
    });
    if (later != patient->causes.end()) {
      later->change->from = change.from;
      continue;
    }
    auto& factors = *patient->data.mutable_factors();
    const auto present = factors.find(change.factor);
    if (present == factors.end() || present->second != change.to || change.from == change.to) continue;
    if (change.from.empty()) {
      factors.erase(change.factor);
    } else {
      present->second = change.from;
    }
    changes = true;
  }
  return changes;
}

// Forgets what reactions did to factors that somebody has changed since. `before` is the enrollment before that.
void Model::ForgetReplaced(const v1::Enrollment& before, Patient* patient) {
  const auto value_of = [](const v1::Enrollment& data, const std::string& factor) {
    const auto named = data.factors().find(factor);
    return named == data.factors().end() ? std::string() : named->second;
  };
  for (Cause& cause : patient->causes) {
    const bool replaced = cause.change && value_of(before, cause.change->factor) !=
                                              value_of(patient->data, cause.change->factor);
    if (replaced) cause.change.reset();
  }
}

// Lets the plan follow what was answered, or was not.
void Model::AdjustAfterReactions(Patient* patient) const {
  const bool changes_factor = TakeBackEffects(patient);
  if (changes_factor) NoteFactsChange(patient);
  // What the end of a group had ended comes again, as by a change of facts.
  std::set<std::string> were_ended = EndedGroups(*patient);
  for (Cause& cause : patient->causes) {
    const v1::Rule* const rule = FindRule(*patient, cause.rule);
    const bool had_ended = cause.effect > 0 && cause.withdrawn && rule != nullptr && rule->reaction().has_end_group();
    if (had_ended) were_ended.insert(rule->reaction().end_group());
    if (cause.withdrawn) cause.effect = 0;
  }
  const bool brings_back = were_ended != EndedGroups(*patient);
  Rematch({.facts_changed = changes_factor || brings_back}, patient);
  Fire(patient);
}

}  // namespace aftercare::engine
