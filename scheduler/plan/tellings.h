// What the occurrences of a plan tell the patient: the plan as Match reads it.
#ifndef AFTERCARE_SCHEDULER_PLAN_TELLINGS_H_
#define AFTERCARE_SCHEDULER_PLAN_TELLINGS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/match.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"

namespace aftercare::plan {

// The whole plan of one patient: its occurrences and what each of them tells, with gaps filled. Immutable, so thread
// safe. The pathway must outlive it.
class PlanTellings {
 public:
  PlanTellings(const CompiledPathway& pathway, const PatientFacts& facts);

  // Ordered by (due, rule, number).
  const std::vector<Occurrence>& occurrences() const { return occurrences_; }

  // What the occurrence with the same index tells.
  const std::vector<Telling>& tellings() const { return tellings_; }

  // Returns the index of the occurrence of a rule with this name code (NameCodeOf); -1 if there is none.
  int Find(int rule, int64_t code) const;

 private:
  std::vector<Occurrence> occurrences_;
  std::vector<Telling> tellings_;
  absl::flat_hash_map<std::pair<int, int64_t>, int> index_;  // By rule and code.
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_TELLINGS_H_
