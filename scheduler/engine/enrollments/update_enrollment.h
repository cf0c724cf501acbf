// How a clinic changes what it says of an enrolled patient.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_UPDATE_ENROLLMENT_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_UPDATE_ENROLLMENT_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Changes the fields that the request sets, and plans the enrollment anew. The response tells what becomes of the
// reminders. Thread safe. `request` and `response` must live until `done`; errors are those the API names.
void UpdateEnrollment(EngineContext& engine, const CallPtr& call, const v1::UpdateEnrollmentRequest& request,
                      v1::UpdateEnrollmentResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_UPDATE_ENROLLMENT_H_
