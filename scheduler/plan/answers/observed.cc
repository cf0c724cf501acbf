#include "scheduler/plan/answers/observed.h"

#include <algorithm>
#include <string>
#include <tuple>

namespace aftercare::plan {
namespace {

bool Says(const CompiledAnswerBound& bound, int value) {
  switch (bound.kind) {
    case ReactionKind::kScoreAtLeast:
      return value >= bound.value;
    case ReactionKind::kScoreAtMost:
      return value <= bound.value;
    case ReactionKind::kChoice:
      return value == bound.value;
    case ReactionKind::kDone:
      return value != 0;
    case ReactionKind::kNotDone:
      return value == 0;
    default:
      return false;
  }
}

bool ObserveAnswers(const CompiledObservation& condition, absl::Span<const PastAnswer> answers,
                    v1::Observation* observation) {
  std::vector<PastAnswer> last;
  for (const PastAnswer& answer : answers) {
    if (std::binary_search(condition.rules.begin(), condition.rules.end(), answer.rule)) last.push_back(answer);
  }
  std::sort(last.begin(), last.end(), [](const PastAnswer& a, const PastAnswer& b) {
    return std::tie(b.time, b.rule, b.value) < std::tie(a.time, a.rule, a.value);
  });
  if (static_cast<int>(last.size()) > condition.last) last.resize(condition.last);
  observation->set_asked(static_cast<int>(last.size()));
  for (const PastAnswer& answer : last) observation->add_answers(answer.value);
  return static_cast<int>(last.size()) == condition.last &&
         std::all_of(last.begin(), last.end(), [&](const PastAnswer& answer) { return Says(condition.says, answer.value); });
}

// Returns the counts of one category (empty: all) over a period. Null if nothing was asked in the category.
const v1::AdherencePeriod* PeriodOf(const v1::Adherence& adherence, const CompiledObservation& condition) {
  for (const v1::CategoryAdherence& entry : adherence.categories()) {
    if (entry.category() != condition.category) continue;
    for (const v1::AdherencePeriod& period : entry.periods()) {
      if (period.days() == condition.days) return &period;
    }
  }
  return nullptr;
}

bool ObserveAdherence(const CompiledObservation& condition, const v1::Adherence& adherence,
                      v1::Observation* observation) {
  const v1::AdherencePeriod* const period = PeriodOf(adherence, condition);
  if (period == nullptr) return false;
  const bool counts_done = condition.measure == v1::ADHERENCE_MEASURE_DONE;
  const int asked = counts_done ? period->days_asked() : period->asked();
  const int good = counts_done ? period->days_done() : period->answered();
  observation->set_asked(asked);
  if (asked > 0) observation->set_percent(good * 100 / asked);
  if (asked < condition.min_asked) return false;
  const bool is_at_least = good * 100 >= condition.percent * asked;
  return is_at_least == condition.at_least;
}

}  // namespace

std::vector<v1::Observation> Observe(const CompiledPathway& pathway, int rule, const Observed& observed) {
  std::vector<v1::Observation> observations;
  v1::Adherence adherence;
  const std::vector<CompiledObservation>& conditions = pathway.rule(rule).observed;
  for (size_t i = 0; i < conditions.size(); ++i) {
    const CompiledObservation& condition = conditions[i];
    v1::Observation& observation = observations.emplace_back();
    *observation.mutable_condition() = pathway.rule_source(rule).observed(static_cast<int>(i));
    const bool of_answers = !condition.rules.empty();
    if (!of_answers && adherence.end_date().empty()) CountAdherence(observed.messages, observed.last_day, {}, &adherence);
    const bool holds = of_answers ? ObserveAnswers(condition, observed.answers, &observation)
                                  : ObserveAdherence(condition, adherence, &observation);
    observation.set_held(holds != condition.unless);
  }
  return observations;
}

}  // namespace aftercare::plan
