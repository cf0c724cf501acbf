// How a patient follows the care plan: what was asked and answered, and the scores.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_GET_ADHERENCE_H_
#define AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_GET_ADHERENCE_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Returns the adherence of an enrollment in any state. Thread safe. `request` and `response` must live until `done` is
// called. The errors are those that enrollment_service.proto documents.
//
// It is counted from the enrollment's rows as they are. So a bounce, or an answer that corrects an earlier one, counts
// at once, also for the days before.
void GetAdherence(EngineContext& engine, const CallPtr& call, const v1::GetAdherenceRequest& request,
                  v1::GetAdherenceResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_GET_ADHERENCE_H_
