#include "scheduler/plan/year/patient_kinds.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "scheduler/plan/mix_hash.h"

namespace aftercare::plan {
namespace {

constexpr int64_t kMostCounted = 1'000'000'000'000'000'000;

// The most combinations of choices that are tried one by one.
constexpr int64_t kMostTried = 100'000;

// a * b, at most kMostCounted. Both are positive.
int64_t Times(int64_t a, int64_t b) { return a > kMostCounted / b ? kMostCounted : a * b; }

}  // namespace

PatientKinds::PatientKinds(const CompiledPathway& pathway, int most) : pathway_(pathway), axes_(AxesOf()) {
  int64_t tried = 1;
  for (const Axis& axis : axes_) tried = Times(tried, static_cast<int64_t>(axis.choices.size()));
  if (tried > kMostTried) {
    AddSome(std::max<size_t>(most, kMaxRules));
    return;
  }
  Combination combination(axes_.size(), 0);
  const std::vector<bool> all(axes_.size(), true);
  do {
    Add(combination, tried);
    table_.push_back(index_.at(RulesOf(combination)));
  } while (Advance(all, &combination));
  if (count() <= std::max(most, kMaxRules)) return;
  kinds_.clear();
  index_.clear();
  table_.clear();
  walked_ = 0;
  AddSome(std::max<size_t>(most, kMaxRules));
}

std::vector<PatientKinds::Axis> PatientKinds::AxesOf() {
  std::vector<Axis> axes;
  for (int factor = 0; factor < pathway_.factor_count(); ++factor) {
    const CompiledFactor& source = pathway_.factor(factor);
    std::vector<uint64_t> conditions;
    for (int i = 0; i < pathway_.rule_count(); ++i) {
      for (const CompiledCondition& condition : pathway_.rule(i).conditions) {
        if (condition.factor == factor) conditions.push_back(condition.values);
      }
    }
    const int left_out = source.default_value < 0 ? 1 : 0;
    const int values = static_cast<int>(source.values.size());
    combinations_ = Times(combinations_, values + left_out);
    // By the conditions that hold, the choice.
    std::map<std::vector<bool>, Choice> choices;
    for (int value = 0; value < values + left_out; ++value) {
      std::vector<bool> holds;
      for (const uint64_t allowed : conditions) holds.push_back(value < values && (allowed >> value & 1) != 0);
      ++choices.try_emplace(std::move(holds), Choice{value < values ? value : -1, 0}).first->second.count;
    }
    Axis axis{factor, {}};
    for (const auto& [unused, choice] : choices) axis.choices.push_back(choice);
    // In the order of the file, what is left out last.
    std::sort(axis.choices.begin(), axis.choices.end(), [](const Choice& a, const Choice& b) {
      return static_cast<unsigned>(a.value) < static_cast<unsigned>(b.value);
    });
    axes.push_back(std::move(axis));
  }
  return axes;
}

bool PatientKinds::Holds(const CompiledCondition& condition, const Combination& combination) const {
  const int value = axes_[condition.factor].choices[combination[condition.factor]].value;
  return value >= 0 && (condition.values >> value & 1) != 0;
}

RuleSet PatientKinds::RulesOf(const Combination& combination) const {
  RuleSet rules;
  for (int i = 0; i < pathway_.rule_count(); ++i) {
    const auto& conditions = pathway_.rule(i).conditions;
    rules[i] = std::all_of(conditions.begin(), conditions.end(),
                           [&](const CompiledCondition& condition) { return Holds(condition, combination); });
  }
  return rules;
}

PatientKinds::Combination PatientKinds::PatientOf(const CompiledRule& rule) const {
  std::map<int, uint64_t> allowed;
  for (const CompiledCondition& condition : rule.conditions) {
    allowed.emplace(condition.factor, ~uint64_t{0}).first->second &= condition.values;
  }
  Combination combination(axes_.size(), 0);
  for (const auto& [factor, values] : allowed) {
    const auto& choices = axes_[factor].choices;
    int& place = combination[factor];
    while (place < static_cast<int>(choices.size()) &&
           (choices[place].value < 0 || (values >> choices[place].value & 1) == 0)) {
      ++place;
    }
    if (place == static_cast<int>(choices.size())) return {};
  }
  return combination;
}

bool PatientKinds::Advance(const std::vector<bool>& free, Combination* combination) const {
  for (size_t i = 0; i < axes_.size(); ++i) {
    if (!free[i]) continue;
    if (++(*combination)[i] < static_cast<int>(axes_[i].choices.size())) return true;
    (*combination)[i] = 0;
  }
  return false;
}

void PatientKinds::Add(const Combination& combination, size_t most) {
  const RuleSet rules = RulesOf(combination);
  const auto found = index_.find(rules);
  if (found == index_.end() && kinds_.size() >= most) return;
  int64_t count = 1;
  for (size_t i = 0; i < axes_.size(); ++i) count = Times(count, axes_[i].choices[combination[i]].count);
  const int kind = found != index_.end() ? found->second : this->count();
  if (found == index_.end()) {
    index_.emplace(rules, kind);
    kinds_.push_back({rules, 0, combination});
  }
  kinds_[kind].combinations = std::min(kMostCounted, kinds_[kind].combinations + count);
  walked_ = std::min(kMostCounted, walked_ + count);
}

void PatientKinds::AddSome(size_t most) {
  std::set<Combination> added;
  const auto add = [&](Combination combination) {
    if (added.insert(combination).second) Add(combination, most);
  };
  add(Combination(axes_.size(), 0));
  for (int i = 0; i < pathway_.rule_count(); ++i) {
    const Combination combination = PatientOf(pathway_.rule(i));
    if (!combination.empty()) add(combination);
  }
  uint64_t random = 0;
  for (int64_t i = 0; i < kMostTried && kinds_.size() < most; ++i) {
    Combination combination;
    for (const Axis& axis : axes_) {
      random = MixHash(random, "combination");
      combination.push_back(static_cast<int>(random % axis.choices.size()));
    }
    add(std::move(combination));
  }
}

int64_t PatientKinds::PlaceOf(const Combination& combination) const {
  int64_t place = 0;
  for (size_t i = axes_.size(); i-- > 0;) {
    place = place * static_cast<int64_t>(axes_[i].choices.size()) + combination[i];
  }
  return place;
}

bool PatientKinds::AllAre(const std::vector<bool>& kinds, const std::vector<bool>& free,
                          Combination combination) const {
  for (size_t i = 0; i < axes_.size(); ++i) {
    if (free[i]) combination[i] = 0;
  }
  do {
    if (!kinds[table_[PlaceOf(combination)]]) return false;
  } while (Advance(free, &combination));
  return true;
}

std::vector<FactorValue> PatientKinds::Example(const std::vector<bool>& kinds, int kind) const {
  const Combination& combination = kinds_[kind].first;
  std::vector<bool> free(axes_.size());
  for (size_t i = axes_.size(); i-- > 0;) {
    free[i] = true;
    const bool only_one = axes_[i].choices.size() == 1;
    if (!only_one && (table_.empty() || !AllAre(kinds, free, combination))) free[i] = false;
  }
  std::vector<FactorValue> factors;
  for (size_t i = 0; i < axes_.size(); ++i) {
    if (!free[i]) factors.push_back({axes_[i].factor, axes_[i].choices[combination[i]].value});
  }
  return factors;
}

}  // namespace aftercare::plan
