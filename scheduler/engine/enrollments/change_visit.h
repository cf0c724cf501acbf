// Books or moves a visit, and records its outcome. Functions are thread safe. Requests and responses must live until
// `done` is called. The errors are those that visit_service.proto documents.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_VISIT_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_VISIT_H_

#include "aftercare/v1/visit_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

void ScheduleVisit(EngineContext& engine, const CallPtr& call, const v1::ScheduleVisitRequest& request,
                   v1::ScheduleVisitResponse* response, Done done);
void RecordVisitOutcome(EngineContext& engine, const CallPtr& call, const v1::RecordVisitOutcomeRequest& request,
                        v1::RecordVisitOutcomeResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_CHANGE_VISIT_H_
