// The kinds of patient that a pathway tells apart by their factors.
#ifndef AFTERCARE_SCHEDULER_PLAN_YEAR_PATIENT_KINDS_H_
#define AFTERCARE_SCHEDULER_PLAN_YEAR_PATIENT_KINDS_H_

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "scheduler/plan/cohort.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/year/year_report.h"

namespace aftercare::plan {

// All combinations of a pathway's factors, by which rules apply. Combinations to which the same rules apply are one
// kind. A factor without a default may also be left out.
//
// Only conditions on factors count: a rule of a visit, a reaction and a rule for what was never told are said to apply
// to a kind although they also need a visit, an answer or a change.
//
// Where there are too many combinations, some are chosen, always the same: for each rule a patient to whom it applies,
// if there is one, and then combinations from all over. Immutable. The pathway must outlive it.
class PatientKinds {
 public:
  // Finds at most `most` kinds, but one for each rule at least.
  PatientKinds(const CompiledPathway& pathway, int most);

  int count() const { return static_cast<int>(kinds_.size()); }
  const RuleSet& rules(int kind) const { return kinds_[kind].rules; }

  // The number of combinations, at most 10^18: all, those of the kinds, and those of one kind.
  int64_t combinations() const { return combinations_; }
  int64_t walked() const { return walked_; }
  int64_t combinations(int kind) const { return kinds_[kind].combinations; }

  // Returns the factors of a patient of `kind`, as YearPatient has them. `kinds` tells by index which kinds share what
  // the patient is an example of; `kind` is one of them.
  std::vector<FactorValue> Example(const std::vector<bool>& kinds, int kind) const;

 private:
  // A value of a factor that stands for all that the same conditions hold for.
  struct Choice {
    int value = 0;         // By index; -1 if the factor is left out.
    int64_t count = 0;     // How many values it stands for.
  };

  // A factor that conditions name.
  struct Axis {
    int factor = 0;
    std::vector<Choice> choices;
  };

  // An index into the choices of each axis.
  using Combination = std::vector<int>;

  struct Kind {
    RuleSet rules;
    int64_t combinations = 0;
    Combination first;
  };

  // Returns the axes, and sets combinations_.
  std::vector<Axis> AxesOf();
  // Returns a combination for which all conditions of a rule hold. Empty if there is none.
  Combination PatientOf(const CompiledRule& rule) const;
  bool Holds(const CompiledCondition& condition, const Combination& combination) const;
  RuleSet RulesOf(const Combination& combination) const;
  // Moves to the next combination of the axes that are `free`. Returns false after the last.
  bool Advance(const std::vector<bool>& free, Combination* combination) const;
  // Adds a combination to its kind. Makes no more than `most` kinds.
  void Add(const Combination& combination, size_t most);
  void AddSome(size_t most);
  int64_t PlaceOf(const Combination& combination) const;
  // Returns whether all combinations of the free axes, with the others as in `combination`, are of `kinds`.
  bool AllAre(const std::vector<bool>& kinds, const std::vector<bool>& free, Combination combination) const;

  const CompiledPathway& pathway_;
  int64_t combinations_ = 1;
  std::vector<Axis> axes_;
  std::vector<Kind> kinds_;
  std::unordered_map<RuleSet, int> index_;
  std::vector<int> table_;  // The kind of each combination by its place; empty if not all were walked.
  int64_t walked_ = 0;
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_YEAR_PATIENT_KINDS_H_
