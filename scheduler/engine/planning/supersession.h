// Supersession: if a rule has `supersede` set, only the newest of the occurrences of its series that have come due is
// sent.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_SUPERSESSION_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_SUPERSESSION_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/planning/due_occurrences.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// What an occurrence or a row is superseded by: what it says, by which rule, and whether only the newest counts. Refers
// to the context that it was made from.
struct SupersedingRule {
  absl::string_view series;  // plan::CompiledRule::series
  absl::string_view rule;    // id
  bool supersedes = false;
};
SupersedingRule SupersedingRuleOf(const EnrollmentContext& context, const DueOccurrence& due);
SupersedingRule SupersedingRuleOf(const EnrollmentContext& context, const store::ReminderRow& row);

// Returns the due time by which an occurrence is older or newer than others. Of what a cap has put off, it is the time
// before that.
absl::Time PlannedDue(const DueOccurrence& due);

// Knows what has come due latest of each series in which an occurrence of a superseding rule comes due now, and of each
// rule. Refers to the context, which must outlive it. Thread compatible.
class Supersession {
 public:
  // Supersedes nothing.
  Supersession() = default;

  // `due` are the occurrences that come due at `now`; `rows` are all rows of the enrollment.
  Supersession(const EnrollmentContext& context, const std::vector<DueOccurrence>& due,
               const std::vector<store::ReminderRow>& rows, absl::Time now);

  // Adds an occurrence that comes due now, with its PlannedDue. What is added must outlive this.
  void Add(const SupersedingRule& rule, absl::Time due, int64_t code);

  // Returns whether something newer has come due than the occurrence with this PlannedDue and name code: later in the
  // same series, or at the same time by the same rule with a greater code. False if the occurrence's rule does not
  // supersede.
  bool Supersedes(const SupersedingRule& rule, absl::Time due, int64_t code) const;

 private:
  absl::flat_hash_map<absl::string_view, absl::Time> latest_;                       // by series
  absl::flat_hash_map<absl::string_view, std::pair<absl::Time, int64_t>> newest_;  // due time and code by rule
};

// Ends the open rows of the enrollment that are superseded, in the store and in `rows`.
absl::Status SupersedeRows(store::WriteTransaction& tx, const EnrollmentContext& context,
                           const Supersession& supersession, absl::Time now, std::vector<store::ReminderRow>* rows);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_SUPERSESSION_H_
