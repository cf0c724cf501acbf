// Moves the enrollments of a pathway to another revision of the pathway, one batch at a time.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_MIGRATE_ENROLLMENTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_MIGRATE_ENROLLMENTS_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Migrates one batch in one mutation. If the request only validates, computes what that would do and stores nothing. An
// enrollment whose data is not valid for the revision stays on its revision, and the response reports it. Thread safe.
// `request` and `response` must live until `done` is called. The errors are those that enrollment_service.proto
// documents.
void MigrateEnrollments(EngineContext& engine, const CallPtr& call, const v1::MigrateEnrollmentsRequest& request,
                        v1::MigrateEnrollmentsResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_MIGRATE_ENROLLMENTS_H_
