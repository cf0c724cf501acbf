// Supersession: if a rule has `supersede` set, only the newest of its occurrences that have come due is sent.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SUPERSESSION_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SUPERSESSION_H_

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Knows the newest due occurrence of each rule that supersedes and has an occurrence coming due now. The newest is the
// one with the latest due time, then with the greatest number. Thread compatible.
class Supersession {
 public:
  // Supersedes nothing.
  Supersession() = default;

  // `due` are the occurrences of superseding rules that come due at `now`; `rows` are all rows of the enrollment.
  Supersession(const EnrollmentContext& context, absl::Span<const plan::Occurrence> due,
               const std::vector<store::ReminderRow>& rows, absl::Time now);

  // Returns whether an occurrence of the rule has come due that is newer than the one with this due time and number.
  // `rule` is an index in the context's pathway, or -1 for a rule that is not in it, which nothing supersedes.
  bool Supersedes(int rule, absl::Time due, int number) const;

 private:
  using DueAndNumber = std::pair<absl::Time, int>;

  void Add(int rule, absl::Time due, int number);

  absl::flat_hash_map<int, DueAndNumber> newest_;  // by rule
};

// Ends the open rows of the enrollment that are superseded, in the store and in `rows`.
absl::Status SupersedeRows(store::WriteTransaction& tx, const EnrollmentContext& context,
                           const Supersession& supersession, absl::Time now, std::vector<store::ReminderRow>* rows);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SUPERSESSION_H_
