// Replanning: deriving an enrollment's next_due again, and moving the rows that have not come due to where the plan has
// their occurrences now.
//
// A plan always reads the present calendar of its clinic. Only next_due, by which the sweep finds the enrollments that
// are due, is a stored result of it. So a change of the calendar writes the clinic's row, and then the clinic's
// enrollments are replanned: the first of them in the same mutation, the others by the sweeper, some at a time. The
// time zone rules are those of the machine. If a server starts with other rules than in its last run, the sweeper
// replans the enrollments of all clinics. The clinic's row says how far this has come (replan_after). It is written in
// the mutation that replans, so a crash in between loses nothing.
//
// An enrollment that has not been replanned yet is stale: its row has the fingerprint of an earlier calendar or of
// earlier time zone rules (EngineContext::PlanFingerprintOf), and nobody uses its next_due. Whoever fires or ends it
// replans it first. Whoever lists it compares its rows with the plan.
//
// Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_REPLANNING_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_REPLANNING_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/planning/reconcile.h"
#include "scheduler/engine/planning/supersession.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Reconciles the enrollment's rows with its plan (reconcile.h) and stores the result: the rows that change, and rows
// for what is not sent. Derives next_due from the present facts and stores the enrollment. DUE messages that waited for
// contact hours may become available earlier. If the enrollment is running, fires what is due and has no row or a
// SCHEDULED one. Returns how many occurrences fired, as FireOccurrences counts them. `clinic` is for Reconcile.
absl::StatusOr<int64_t> Replan(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now,
                               Occasion occasion = Occasion::kOther, const v1::Clinic* clinic = nullptr);

// The second half of Replan, for a caller that has reconciled already. `rows` are all rows of the enrollment, as
// Reconcile has left them. Updates them, but does not add the new ones.
absl::StatusOr<int64_t> ApplyReconciliation(store::WriteTransaction& tx, EnrollmentContext* context,
                                            const Reconciliation& reconciliation,
                                            std::vector<store::ReminderRow>* rows, absl::Time now);

// Returns what ApplyReconciliation will supersede when it fires what is due at `now`. Refers to the context and the
// rows.
Supersession SupersessionAtOnce(const EnrollmentContext& context, const Reconciliation& reconciliation, absl::Time now,
                                std::vector<store::ReminderRow>* rows);

// How many enrollments one mutation replans at most.
inline constexpr int kReplannedPerMutation = 256;

// Looks at the next `limit` enrollments of a clinic, in order of their ids, and replans those that are stale and have
// not ended. Stores the outlines of those that have none. The clinic's replan_after must be set. Moves it on, in `row`
// and in the store, and clears it at the end.
absl::Status ReplanStaleEnrollments(EngineContext& engine, store::WriteTransaction& tx, int limit,
                                    store::ClinicRow* row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_REPLANNING_H_
