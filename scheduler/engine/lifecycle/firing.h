// What comes due, and what is planned anew when a clinic's calendar changes, or the rules of time zones do.
//
// A calendar is a fact of the clinic, and plans are read from it as it is; only next_due, the index by which
// enrollments are found when they come due, was derived from it. So a change of the calendar is one row, and then the
// enrollments are planned anew: the first of them in the mutation that makes the change, the others by the sweeper,
// some at a time. The rules of time zones are those of the machine: a server that starts with others than the last one
// had leaves all clinics to the sweeper. The clinic's row says how far that has come (replan_after), in the same
// mutation that does it: a crash in between costs nothing. Until its turn comes an enrollment is stale: it carries the
// fingerprint of what it was planned by (EngineContext::PlanFingerprintOf), and nobody goes by its next_due: who fires
// or ends it plans it anew first, who lists it looks at its rows.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_FIRING_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_FIRING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Fires what is due: each occurrence of the enrollment with next_due <= due <= now gets a row, and next_due moves on;
// `context.row` is updated with it. One that is stale is planned anew instead. Answers how many came due.
absl::StatusOr<int64_t> FireEnrollment(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now);

// What an enrollment fires at an instant, worked out ahead.
struct FiringPlan {
  std::shared_ptr<const EnrollmentContext> context;  // as it will be
  store::RowVersion was;                             // what it was worked out from
  std::vector<plan::Occurrence> due;       // in order
};

// Works out what FireEnrollment would fire at `now`; nothing where that cannot be said ahead, since rows are to be
// compared with the plan.
std::optional<FiringPlan> PlanFiring(EnrollmentContext context, absl::Time now);

// Fires it, and answers how many came due; nothing, with nothing done, where the enrollment has changed meanwhile.
absl::StatusOr<std::optional<int64_t>> FirePlanned(store::WriteTransaction& tx, const FiringPlan& plan, absl::Time now);

// Derives next_due by the facts of now. What has come due keeps its row, whatever the plan says now; rows that are
// SCHEDULED, and not moved by hand, follow the plan; what has no row or is SCHEDULED and is due by now fires, if the
// enrollment is running. Answers how many came due. The rows of the enrollment may be given by who has read them; what
// they become is written to them, but for those that are new.
absl::StatusOr<int64_t> Replan(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now);
absl::StatusOr<int64_t> Replan(store::WriteTransaction& tx, EnrollmentContext* context,
                               std::vector<store::ReminderRow>* rows, absl::Time now);

// The rows of an enrollment in any of the states (none: all), by due time.
absl::StatusOr<std::vector<store::ReminderRow>> RowsOf(store::ReadTransaction& tx, const EnrollmentContext& context,
                                                       std::vector<v1::ReminderState> states);

// Plans anew the next stale enrollments of a clinic whose replan_after is set; looks at `limit` at most. Moves
// replan_after on, empty when it is done, in `row` and in the store.
absl::Status ReplanSome(EngineContext& engine, store::WriteTransaction& tx, int limit, store::ClinicRow* row);

// How many enrollments are planned anew in one mutation.
inline constexpr int kReplannedAtOnce = 256;

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_FIRING_H_
