// Shows the plan that a patient would have on a pathway, without enrolling the patient.
#ifndef AFTERCARE_SCHEDULER_ENGINE_CLINICS_PREVIEW_H_
#define AFTERCARE_SCHEDULER_ENGINE_CLINICS_PREVIEW_H_

#include "aftercare/v1/pathway_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Plans the patient of the request on a stored pathway, or on the pathway in the request, and returns one page of the
// plan. Fields of the patient that are not set get defaults. Stores nothing. Thread safe. `request` and
// `response` must live until `done` is called. The errors are those that pathway_service.proto documents.
void PreviewPlan(EngineContext& engine, const CallPtr& call, const v1::PreviewPlanRequest& request,
                 v1::PreviewPlanResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CLINICS_PREVIEW_H_
