// Plans of many similar patients at once, for lists and counts over a clinic.
#ifndef AFTERCARE_SCHEDULER_PLAN_COHORT_H_
#define AFTERCARE_SCHEDULER_PLAN_COHORT_H_

#include <bitset>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// A set of rules of a pathway, by index.
using RuleSet = std::bitset<kMaxRules>;

// Patients who share a pathway revision, a procedure date, a time zone, contact hours and the clinic's calendar. Their
// plans differ only by which rules apply, by each patient's spread, and by suspensions (the enrollment, pauses,
// changes). So one walk over the plan of the cohort tells what all of its patients would have due if nothing had
// suspended their plans.
//
// Immutable, so thread safe. A few hundred bytes.
class Cohort {
 public:
  // The cohort of the patient with these facts.
  Cohort(std::shared_ptr<const CompiledPathway> pathway, PatientFacts facts);

  const std::shared_ptr<const CompiledPathway>& pathway() const { return pathway_; }

  // The rules of the pathway that name a spread.
  const RuleSet& spread() const { return spread_; }

  // The facts of one patient of the cohort who has no triggers, given the time of enrollment, the seed of the patient's
  // spread and the rules that apply.
  PatientFacts FactsOf(absl::Time enrolled, uint64_t spread_seed, const RuleSet& rules) const;

  // One occurrence of a rule for the cohort.
  struct Item {
    absl::Time due;
    absl::Time close;  // end of the window by the pathway alone, even where the occurrence was moved to a later day
    int rule = 0;
    int64_t code = 0;  // of the occurrence's name (NameCodeOf)
    bool outside_contact_hours = false;
  };

  // Returns the occurrences of `rules` that are due in [from, before) for a patient without suspensions, by due time.
  // Leaves out those that have missed. Sets `close` only if `with_close`, which takes three times as long.
  std::vector<Item> Scheduled(absl::Time from, absl::Time before, const RuleSet& rules, bool with_close) const;

  // Returns the occurrences of `rules` that are due in [from, before) for a patient who was enrolled after all windows
  // had closed. All of them have missed. By due time.
  std::vector<Item> Missed(absl::Time from, absl::Time before, const RuleSet& rules) const;

  // Returns an instant. A suspension that is over by then does not change which occurrences are due at `from` or later.
  // Returns InfiniteFuture if no suspension does, apart from the occurrences that a suspension moves to its own end.
  absl::Time SettledBy(absl::Time from) const;

  // The largest difference between the due times of one occurrence for two patients of a cohort without suspensions.
  static constexpr absl::Duration kMostSpread = absl::Hours(4);

 private:
  std::shared_ptr<const CompiledPathway> pathway_;
  PatientFacts facts_;  // of a patient who was always enrolled
  absl::Duration longest_window_;
  RuleSet spread_;
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_COHORT_H_
