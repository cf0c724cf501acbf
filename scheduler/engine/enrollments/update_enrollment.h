// Changes the data of an enrollment.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_UPDATE_ENROLLMENT_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_UPDATE_ENROLLMENT_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Changes the fields that the request sets, and plans the enrollment anew. The response tells what becomes of the
// reminders. If the request only validates, stores nothing. Thread safe. `request` and `response` must live until
// `done` is called. The errors are those that enrollment_service.proto documents.
void UpdateEnrollment(EngineContext& engine, const CallPtr& call, const v1::UpdateEnrollmentRequest& request,
                      v1::UpdateEnrollmentResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_UPDATE_ENROLLMENT_H_
