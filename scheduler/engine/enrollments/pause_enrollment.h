// Pauses and resumes an enrollment. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_PAUSE_ENROLLMENT_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_PAUSE_ENROLLMENT_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Requests and responses must live until `done` is called. The errors are those that enrollment_service.proto
// documents.
void PauseEnrollment(EngineContext& engine, const CallPtr& call, const v1::PauseEnrollmentRequest& request,
                     v1::PauseEnrollmentResponse* response, Done done);
void ResumeEnrollment(EngineContext& engine, const CallPtr& call, const v1::ResumeEnrollmentRequest& request,
                      v1::ResumeEnrollmentResponse* response, Done done);

// Resumes the enrollment of `context`, which must be paused, and fires what is due by `now`. Updates `context`.
absl::Status ResumeAndFire(EngineContext& engine, store::WriteTransaction& tx, EnrollmentContext* context,
                           absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_PAUSE_ENROLLMENT_H_
