// How occurrences that come due become reminders with a row. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_DUE_OCCURRENCES_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_DUE_OCCURRENCES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// An occurrence that comes due. Its rule is an index in the pathway of the enrollment's context. `row` is its row, in
// state SCHEDULED, or null if it has none. Not owned. `code` is that of the reminder's name.
struct DueOccurrence {
  plan::Occurrence occurrence;
  store::ReminderRow* row = nullptr;
  int64_t code = 0;
};

// What has fired.
struct Fired {
  // How many occurrences, whatever state they got, without those that stayed as they were.
  int64_t count = 0;

  // Those of the present plan whose rules are reactions and whose conditions held.
  std::vector<plan::Occurrence> reactions;

  // The due times of messages that a cap has put off: their rows are SCHEDULED still.
  std::vector<absl::Time> postponed;
};

// Fires `due`, in order. Each reminder becomes DUE. If it may not be sent, or a condition on what the patient answered
// does not hold, it becomes EXPIRED or SUPPRESSED instead; if a newer one of its rule supersedes it, EXPIRED. Also ends
// the open rows that are superseded.
//
// If `due` gives no row but the store has one, that reminder stays as it is. `rows` are all rows of the enrollment, and
// the superseded ones are updated there. If `rows` is null, they are read when needed.
//
// The caller lets the enrollment come due again for what was postponed (message_caps.h), and then applies what
// reactions do to the plan (effects.h): FinishFiring does both, and ends the enrollment if its time has come
// (ending.h).
absl::StatusOr<Fired> FireOccurrences(store::WriteTransaction& tx, const EnrollmentContext& context,
                                        const std::vector<DueOccurrence>& due, std::vector<store::ReminderRow>* rows,
                                        absl::Time now);

// Does what has to be done after FireOccurrences. Updates `context`, and stores it if something changes. Returns how
// many occurrences have fired in all.
absl::StatusOr<int64_t> FinishFiring(store::WriteTransaction& tx, const Fired& fired, absl::Time now,
                                     EnrollmentContext* context);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_DUE_OCCURRENCES_H_
