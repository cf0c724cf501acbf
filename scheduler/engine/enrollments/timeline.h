// The timeline of an enrollment: its phases, all its reminders, past and future, and its adherence.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_TIMELINE_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_TIMELINE_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Returns one page of the timeline. Thread safe. `request` and `response` must live until `done` is called. The errors
// are those that enrollment_service.proto documents.
void GetTimeline(EngineContext& engine, const CallPtr& call, const v1::GetTimelineRequest& request,
                 v1::GetTimelineResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENROLLMENTS_TIMELINE_H_
