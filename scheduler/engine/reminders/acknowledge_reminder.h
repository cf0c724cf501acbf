// Records that somebody of the care team sees to a task.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ACKNOWLEDGE_REMINDER_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ACKNOWLEDGE_REMINDER_H_

#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Acknowledges a task that is DUE, which stays so and escalates no further (escalation.h). Thread safe. `request` and
// `response` must live until `done` is called. The errors are those that reminder_service.proto documents.
void AcknowledgeReminder(EngineContext& engine, const CallPtr& call, const v1::AcknowledgeReminderRequest& request,
                         v1::AcknowledgeReminderResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ACKNOWLEDGE_REMINDER_H_
