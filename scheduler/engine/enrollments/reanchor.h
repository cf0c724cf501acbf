// A change of the facts that an enrollment's plan is made of, and what becomes of its reminders. The change is worked
// out first, so that it can be shown before it is made, and made as it was shown.
//
// - Reminders that were sent or completed stay, and the same rule and number is never sent again.
// - Open reminders move to where the new plan has them. They are SCHEDULED again if that is still to come, and
//   CANCELLED if the plan does not have them.
// - Reminders that ended unsent come back only if the change itself moves them into the future.
// - Reminders that the clinic moved by hand or cancelled stay as they are.
//
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

// A change that was worked out.
struct Reanchoring {
  EnrollmentContext after;
  std::vector<store::ReminderRow> rows;  // of the enrollment, as they will be
  std::vector<size_t> changed{};         // indexes of the rows that change as users see them
  std::vector<size_t> retagged{};        // indexes of the rows of which only the revision changes
  v1::PlanDiff diff{};
  std::vector<std::string> dropped_rules{};  // rules with pending reminders that the new pathway does not have
};

// Notes in the history of `row` that facts of its plan change at `now`. What the new plan has before `now` and has not
// come due is then due at `now`, or has missed its window.
void NoteChange(absl::Time now, store::EnrollmentRow* row);

// Works out what becomes of the enrollment `before` with the facts of `row`, which is its changed row. If the change
// will be made, what is due by `now` must have fired.
absl::StatusOr<Reanchoring> ComputeReanchoring(EngineContext& engine, store::ReadTransaction& tx,
                                               const EnrollmentContext& before, store::EnrollmentRow row,
                                               absl::Time now);

// Makes the change: stores the enrollment and the rows, fires what is due and derives next_due. Updates
// `change->after`. Logs what becomes of reminders that have rows; the caller logs what becomes of the enrollment.
absl::Status ApplyReanchoring(store::WriteTransaction& tx, Reanchoring* change, absl::Time now);

// Adds the counts of `one` to those of `all`.
void AddCounts(const v1::PlanDiff& one, v1::PlanDiff* all);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_REANCHOR_H_
