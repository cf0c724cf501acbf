// Replanning: deriving an enrollment's next_due again, and moving the rows that have not come due to where the plan has
// their occurrences now.
//
// A clinic's calendar is a fact, and plans read it as it is. Only next_due, the index that finds enrollments when they
// come due, was derived from it. So a change of the calendar is one row, and then the clinic's enrollments are
// replanned: the first of them in the mutation that makes the change, the others by the sweeper, some at a time. The
// time zone rules are those of the machine: a server that starts with other rules than the last run leaves the
// enrollments of all clinics to the sweeper. The clinic's row holds how far this has come (replan_after) and is written
// in the same mutation, so a crash in between loses nothing.
//
// An enrollment that has not been replanned yet is stale: it carries the fingerprint of what it was planned by
// (EngineContext::PlanFingerprintOf), and nobody uses its next_due. Whoever fires or ends it replans it first; whoever
// lists it compares its rows with the plan.
//
// Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REPLANNING_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REPLANNING_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Derives next_due from the present facts and stores the enrollment. Rows that are SCHEDULED, and not moved by hand,
// follow the plan; all other rows stay as they are. If the enrollment is running, fires what is due and has no row or a
// SCHEDULED one. Returns how many occurrences came due. The second form is for a caller that has read all rows of the
// enrollment: it writes what they become to `rows`, but does not add the new ones.
absl::StatusOr<int64_t> Replan(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now);
absl::StatusOr<int64_t> Replan(store::WriteTransaction& tx, EnrollmentContext* context,
                               std::vector<store::ReminderRow>* rows, absl::Time now);

// How many enrollments one mutation replans.
inline constexpr int kReplannedPerMutation = 256;

// Replans the stale ones among the next `limit` enrollments of a clinic whose replan_after is set. Moves replan_after
// on, in `row` and in the store; it is empty when all have been looked at.
absl::Status ReplanStaleEnrollments(EngineContext& engine, store::WriteTransaction& tx, int limit,
                                    store::ClinicRow* row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REPLANNING_H_
