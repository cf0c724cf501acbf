// The reminders of an enrollment that are not sent yet, with or without rows, before and after a change of facts.
// Computes only. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_PENDING_REMINDERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_PENDING_REMINDERS_H_

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/planning/reconcile.h"
#include "scheduler/engine/planning/supersession.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// An enrollment with its stored reminders.
struct EnrollmentState {
  const EnrollmentContext& context;
  const std::vector<store::ReminderRow>& rows;  // all of them
};

// A reminder that is not sent yet.
struct PendingReminder {
  absl::Time due;
  bool is_sent = true;     // false if contact hours never let it out, or the patient may not or cannot be written to
  absl::string_view rule;  // of its occurrence,
  int number = 0;          // and its number
  int64_t offset = 0;      // days from what the rule counts from
  int item = -1;           // index in the reconciliation; -1 before the change
};

// By rule and code of the name. Refers to the pathway and the rows.
using NameKey = std::pair<absl::string_view, int64_t>;
using PendingReminders = std::map<NameKey, PendingReminder>;

inline NameKey KeyOfName(const store::ReminderRow& row) { return {row.key.rule, row.key.code}; }

// Returns the number of days from what the rule of an occurrence counts from.
int64_t OffsetOf(const EnrollmentContext& context, const plan::Occurrence& occurrence);

// Returns what is pending at `now` before a change.
PendingReminders PendingBefore(const EnrollmentState& before, absl::Time now);

// Returns what is pending after the change, but for what ends as it comes due with the change: since something newer
// does too, since it follows up a question that was not sent, or since a condition on answers does not hold.
// `reconciliation` is what Reconcile returned, and `at_once` what SupersessionAtOnce did.
PendingReminders PendingAfter(const EnrollmentState& after, const Reconciliation& reconciliation,
                              const Supersession& at_once, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_PENDING_REMINDERS_H_
