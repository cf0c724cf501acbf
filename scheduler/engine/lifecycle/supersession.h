// Supersession: of a rule with `supersede`, only the newest occurrence that has come due is sent.
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

// The newest occurrence of each rule that supersedes and of which something comes due. Thread compatible.
class Supersession {
 public:
  // Supersedes nothing.
  Supersession() = default;

  // `due` are the occurrences of superseding rules that come due at `now`; `rows` are all rows of the enrollment.
  Supersession(const EnrollmentContext& context, absl::Span<const plan::Occurrence> due,
               const std::vector<store::ReminderRow>& rows, absl::Time now);

  // Returns whether a newer occurrence of the rule (an index in the context's pathway, or -1) has come due.
  bool Supersedes(int rule, absl::Time due, int number) const;

 private:
  using DueAndNumber = std::pair<absl::Time, int>;

  void Add(int rule, absl::Time due, int number);

  absl::flat_hash_map<int, DueAndNumber> newest_;  // by rule
};

// Ends the open rows of the enrollment that are superseded, and writes what they become to `rows`.
absl::Status SupersedeRows(store::WriteTransaction& tx, const EnrollmentContext& context,
                           const Supersession& supersession, absl::Time now, std::vector<store::ReminderRow>* rows);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SUPERSESSION_H_
