// How an enrollment ends: because somebody ends it, or by itself when its pathway says so (v1::Pathway.end). Functions
// are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_ENDING_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_ENDING_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Returns when an enrollment ends by itself: at the end of a day on the patient's calendar. Returns InfiniteFuture if
// its pathway does not say so, or if it has ended already.
absl::Time EndsAt(const EnrollmentContext& context);

// Returns FAILED_PRECONDITION / ENROLLMENT_ENDED if the enrollment has ended, or ends by itself by `now` and the sweep has
// only not got to it yet. Whoever fires an enrollment to change it asks this first: firing may end it.
absl::Status CheckRuns(const EnrollmentContext& context, absl::Time now);

// Lets `next_due` be no later than the instant at which the enrollment ends by itself.
void ComeDueAtEnd(const EnrollmentContext& context, std::optional<absl::Time>* next_due);

// What is wrong with a procedure date that would end the enrollment at once.
inline constexpr char kEndsBeforeNow[] = "must not be so early that the enrollment would have ended by its pathway's end";

// Ends an enrollment that is running or paused: what is not sent yet ends CANCELLED / ENROLLMENT_ENDED, and booked
// visits that have not begun are cancelled. What is due by `now` must have fired. Stores and logs all of it, and
// updates `context`.
absl::Status EndNow(store::WriteTransaction& tx, v1::EndReason reason, absl::Time now, EnrollmentContext* context);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_ENDING_H_
