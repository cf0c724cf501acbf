// Ends an enrollment.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_END_ENROLLMENT_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_END_ENROLLMENT_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Ends an enrollment, and cancels its unsent reminders and the booked visits that have not begun. If the patient has
// died or is transferred, ends the patient's other enrollments in the clinic too. If the enrollment has ended before
// with another reason, corrects the reason. Thread safe. `request` and `response` must live until `done` is called. The
// errors are those that enrollment_service.proto documents.
void EndEnrollment(EngineContext& engine, const CallPtr& call, const v1::EndEnrollmentRequest& request,
                   v1::EndEnrollmentResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_END_ENROLLMENT_H_
