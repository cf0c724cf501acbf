// Reads an enrollment that a use case is about to change.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_RUNNING_ENROLLMENT_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_RUNNING_ENROLLMENT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// An enrollment that has not ended, its clinic, and the time on the clinic's clock.
struct RunningEnrollment {
  store::ClinicRow clinic;
  EnrollmentContext context;
  absl::Time now;
};

// Returns the enrollment. NOT_FOUND if the clinic or the enrollment does not exist; ABORTED / ETAG_MISMATCH if `etag`
// is neither empty nor the etag of the enrollment; FAILED_PRECONDITION / ENROLLMENT_ENDED if it has ended. Thread safe.
absl::StatusOr<RunningEnrollment> RequireRunningEnrollment(EngineContext& engine, store::ReadTransaction& tx,
                                                           const EnrollmentName& name, absl::string_view etag);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_RUNNING_ENROLLMENT_H_
