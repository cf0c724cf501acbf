// How one patient is enrolled.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CREATE_ENROLLMENT_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CREATE_ENROLLMENT_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Thread safe. `request` and `response` must live until `done`; errors are those the API names.
void CreateEnrollment(EngineContext& engine, const CallPtr& call, const v1::CreateEnrollmentRequest& request,
                      v1::CreateEnrollmentResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CREATE_ENROLLMENT_H_
