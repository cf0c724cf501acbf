// Marks one reminder as completed, for the care team or a gateway.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_COMPLETE_REMINDER_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_COMPLETE_REMINDER_H_

#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Completes a reminder. The first completion counts as an answer, so it may cancel other reminders of the group (see
// ApplyAnswerToGroup). Thread safe. `request` and `response` must live until `done` is called. The errors are those
// that reminder_service.proto documents.
void CompleteReminder(EngineContext& engine, const CallPtr& call, const v1::CompleteReminderRequest& request,
                      v1::CompleteReminderResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_COMPLETE_REMINDER_H_
