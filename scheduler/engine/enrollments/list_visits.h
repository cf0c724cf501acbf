// How the visits of an enrollment, or of all running enrollments of a clinic, are listed.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_LIST_VISITS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_LIST_VISITS_H_

#include "aftercare/v1/visit_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Lists by enrollment, then by target date. One call looks at some thousands of enrollments at most, so a page may have
// few visits, or none, and yet not be the last. Thread safe. `request` and `response` must live until `done`; errors
// are those the API names.
void ListVisits(EngineContext& engine, const CallPtr& call, const v1::ListVisitsRequest& request,
                v1::ListVisitsResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_LIST_VISITS_H_
