// How the use cases that change an enrollment read it.
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

// An enrollment that has not ended, its clinic, and the time in the clinic.
struct RunningEnrollment {
  store::ClinicRow clinic;
  EnrollmentContext context;
  absl::Time now;
};

// Returns the enrollment. NOT_FOUND if the clinic or the enrollment does not exist; ABORTED / ETAG_MISMATCH unless
// `etag` is empty or the enrollment's; FAILED_PRECONDITION / ENROLLMENT_ENDED if it has ended. Thread safe.
absl::StatusOr<RunningEnrollment> RequireRunningEnrollment(EngineContext& engine, store::ReadTransaction& tx,
                                                           const EnrollmentName& name, absl::string_view etag);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_RUNNING_ENROLLMENT_H_
