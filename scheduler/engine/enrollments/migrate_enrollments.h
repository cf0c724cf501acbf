// How the enrollments of a pathway move to another revision of it, a batch at a time.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_MIGRATE_ENROLLMENTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_MIGRATE_ENROLLMENTS_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Migrates one batch in one mutation, or works out what that would do. An enrollment whose data do not suit the
// revision is reported in the response and stays as it is. Thread safe. `request` and `response` must live until
// `done`; errors are those the API names.
void MigrateEnrollments(EngineContext& engine, const CallPtr& call, const v1::MigrateEnrollmentsRequest& request,
                        v1::MigrateEnrollmentsResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_MIGRATE_ENROLLMENTS_H_
