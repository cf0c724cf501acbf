// Lists the visits of one enrollment, or of all enrollments of a clinic, with or without those that have ended.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_LIST_VISITS_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_LIST_VISITS_H_

#include "aftercare/v1/visit_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Lists visits in order of enrollment id, then of target date. One call looks at no more than some thousands of
// enrollments. So a page may have few visits, or none, although more pages follow. Thread safe. `request` and
// `response` must live until `done` is called. The errors are those that visit_service.proto documents.
void ListVisits(EngineContext& engine, const CallPtr& call, const v1::ListVisitsRequest& request,
                v1::ListVisitsResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_LIST_VISITS_H_
