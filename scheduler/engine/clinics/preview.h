// The timeline of an imagined patient, from the plan alone.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_PREVIEW_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_PREVIEW_H_

#include "aftercare/v1/pathway_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Plans a patient on a stored pathway, or on one in the request, and answers one page of the plan. Stores nothing.
// Thread safe. `request` and `response` must live until `done`; errors are those the API names.
void PreviewPlan(EngineContext& engine, const CallPtr& call, const v1::PreviewPlanRequest& request,
                 v1::PreviewPlanResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_PREVIEW_H_
