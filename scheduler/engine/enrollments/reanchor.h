// A change of the facts that an enrollment's plan is made of: what it makes of the reminders, worked out first, so that
// it can be shown before it is done, and done as it was shown.
//
// What was sent or done stays, and is never sent again by that rule and number. What is open moves where the new plan
// has it, back to SCHEDULED if that is still to come, or ends CANCELLED if it has no place. What ended unsent comes
// back only if the change itself moved it into the future. What the clinic moved by hand, or called off, stays so.
// Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_REANCHOR_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_REANCHOR_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/plan_diff.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// A change worked out.
struct Reanchoring {
  EnrollmentContext after;
  std::vector<store::ReminderRow> rows;  // of the enrollment, as they are to be
  std::vector<size_t> changed{};         // which of them change as users see them
  std::vector<size_t> retagged{};        // which of them only speak of another revision
  v1::PlanDiff diff{};
  std::vector<std::string> dropped_rules{};  // with pending reminders, of which the new pathway knows nothing
};

// Notes in `row` that the facts plans are made of change at `now`: what is due before and has not come due is due then,
// or has missed.
void NoteChange(absl::Time now, store::EnrollmentRow* row);

// Works out what becomes of the enrollment `before` with the facts of `row`, which is its row changed. What is due by
// `now` has fired before, where this is to be done.
absl::StatusOr<Reanchoring> ComputeReanchoring(EngineContext& engine, store::ReadTransaction& tx,
                                               const EnrollmentContext& before, store::EnrollmentRow row,
                                               absl::Time now);

// Does it: stores the enrollment and the rows, fires what is due, derives next_due. Logs what becomes of reminders that
// have rows; who changes the enrollment logs that. `after.row` is updated.
absl::Status ApplyReanchoring(store::WriteTransaction& tx, Reanchoring* change, absl::Time now);

// Adds to `all` the counts of `one`.
void AddCounts(const v1::PlanDiff& one, v1::PlanDiff* all);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_REANCHOR_H_
