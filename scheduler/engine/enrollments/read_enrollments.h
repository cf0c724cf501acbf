// Reads one enrollment, and lists enrollments. Functions are thread safe. Requests and responses must live until `done`
// is called. The errors are those that enrollment_service.proto documents.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_READ_ENROLLMENTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_READ_ENROLLMENTS_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

void GetEnrollment(EngineContext& engine, const CallPtr& call, const v1::GetEnrollmentRequest& request,
                   v1::GetEnrollmentResponse* response, Done done);
void ListEnrollments(EngineContext& engine, const CallPtr& call, const v1::ListEnrollmentsRequest& request,
                     v1::ListEnrollmentsResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_READ_ENROLLMENTS_H_
