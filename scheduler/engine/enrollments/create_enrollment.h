// Enrols one patient.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CREATE_ENROLLMENT_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CREATE_ENROLLMENT_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Stores the new enrollment, unless the request only validates. Thread safe. `request` and `response` must live until
// `done` is called. The errors are those that enrollment_service.proto documents.
void CreateEnrollment(EngineContext& engine, const CallPtr& call, const v1::CreateEnrollmentRequest& request,
                      v1::CreateEnrollmentResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CREATE_ENROLLMENT_H_
