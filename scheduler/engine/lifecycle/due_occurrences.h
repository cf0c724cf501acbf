// How occurrences that come due become reminders with a row. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_DUE_OCCURRENCES_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_DUE_OCCURRENCES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// An occurrence that comes due. `row` is its row, in state SCHEDULED, or null if it has none.
struct DueOccurrence {
  plan::Occurrence occurrence;
  store::ReminderRow* row = nullptr;
};

// Fires `due`, in order: each occurrence becomes DUE, or ends EXPIRED or SUPPRESSED if it may not be sent, or EXPIRED
// if a newer one supersedes it. Also ends the open rows that are superseded. One without a row that turns out to have
// one in the store is left alone. `rows` are all rows of the enrollment, or null: then they are read if needed. Returns
// how many occurrences came due.
absl::StatusOr<int64_t> FireOccurrences(store::WriteTransaction& tx, const EnrollmentContext& context,
                                        const std::vector<DueOccurrence>& due, std::vector<store::ReminderRow>* rows,
                                        absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_DUE_OCCURRENCES_H_
