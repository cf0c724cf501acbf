#ifndef AFTERCARE_SCHEDULER_PLAN_COHORT_H_
#define AFTERCARE_SCHEDULER_PLAN_COHORT_H_

#include <bitset>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

using RuleSet = std::bitset<kMaxRules>;

// Patients whose plans differ in nothing but which rules apply, their share of a spread, and what held them up: they
// share a pathway revision, a procedure date, a zone, contact hours and the clinic's calendar. What one of them would
// have due in a span of time, had nothing held it up, all would, so that many plans are known by walking one.
//
// Immutable, so thread safe. A few hundred bytes.
class Cohort {
 public:
  // Of the patient with these facts, and all who are alike.
  Cohort(std::shared_ptr<const CompiledPathway> pathway, PatientFacts facts);

  const std::shared_ptr<const CompiledPathway>& pathway() const { return pathway_; }

  // Its rules whose occurrences are spread over patients.
  const RuleSet& spread() const { return spread_; }

  // The facts of the patient who was enrolled then, whose reminders are spread by that seed, and to whom these rules
  // apply.
  PatientFacts FactsOf(absl::Time enrolled, uint64_t spread_seed, const RuleSet& rules) const;

  // An occurrence of somebody to whom every rule applies.
  struct Item {
    absl::Time due;
    absl::Time close;  // when the window closes that the pathway names, wherever the occurrence was moved to
    int rule = 0;
    int number = 0;
  };

  // What is due in [from, before) where nothing held it up, by due time. `close` is set where it is asked for: it costs
  // three times as much.
  std::vector<Item> Scheduled(absl::Time from, absl::Time before, const RuleSet& rules, bool with_close) const;

  // What would have missed in [from, before) for somebody who is enrolled ages later, by due time.
  std::vector<Item> Missed(absl::Time from, absl::Time before, const RuleSet& rules) const;

  // Nothing that held up a patient up to this instant changes what is due at `from` or later. InfiniteFuture: nothing
  // does but for what comes due at the very end of the suspension.
  absl::Time SettledBy(absl::Time from) const;

  // The most by which due times of a rule differ between patients.
  static constexpr absl::Duration kMostSpread = absl::Hours(4);

 private:
  std::shared_ptr<const CompiledPathway> pathway_;
  PatientFacts facts_;  // of somebody who was always enrolled
  absl::Duration longest_window_;
  RuleSet spread_;
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_COHORT_H_
