// How a pause ends: what ResumeEnrollment and the end of a paused enrollment share. Thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_PAUSING_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_PAUSING_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Resumes a paused enrollment and fires what is due by now; `context` is updated.
absl::Status ResumeNow(EngineContext& engine, store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_PAUSING_H_
