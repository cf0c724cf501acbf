// Changes the facts that an enrollment is planned by, and adjusts its reminders to the new plan. There are two steps:
// ComputeReanchoring computes the change, and ApplyReanchoring stores it. A request that only validates stops after the
// first step, so it reports what the second would do. What becomes of the reminders that have rows is said in
// planning/reconcile.h.
//
// Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_REANCHOR_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_REANCHOR_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/plan_diff.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/planning/reconcile.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// A computed change that is not stored yet.
struct Reanchoring {
  EnrollmentContext after;
  std::vector<store::ReminderRow> rows;  // all rows of the enrollment, as the change leaves them
  Reconciliation reconciliation{};
  v1::PlanDiff diff{};
  std::vector<std::string> dropped_rules{};  // rules with pending reminders that the new pathway does not have
  record::v1::NeverTold never_told{};        // see PlanComparison
};

// Notes in the history of `row` that the facts of its plan change at `now`. The note affects the reminders of the new
// plan that lie before `now` and have not fired: they come due at `now` if their windows are open then, and otherwise
// count as missed.
void NoteChange(absl::Time now, store::EnrollmentRow* row);

// Computes what the enrollment `before` and its reminders become if its row is replaced by `row`. Stores nothing. If
// the change will be applied, what is due by `now` must have fired. `keep_sent` says that the procedure date was wrong
// and is corrected: what was sent counts as told under the new date.
absl::StatusOr<Reanchoring> ComputeReanchoring(EngineContext& engine, store::ReadTransaction& tx,
                                               const EnrollmentContext& before, store::EnrollmentRow row,
                                               absl::Time now, bool keep_sent = false);

// As ComputeReanchoring, for a row that differs from that of `before` in nothing but factors and history.
absl::StatusOr<Reanchoring> ComputeFactorChange(store::ReadTransaction& tx, const EnrollmentContext& before,
                                                store::EnrollmentRow row, absl::Time now);

// Applies the change: stores the enrollment and the rows, fires what is due, and derives next_due. Updates
// `change->after`. Logs the changes of reminders that have rows. The caller logs the change of the enrollment.
absl::Status ApplyReanchoring(store::WriteTransaction& tx, Reanchoring* change, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_REANCHOR_H_
