// How the care team or a gateway marks one reminder as completed.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_COMPLETE_REMINDER_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_COMPLETE_REMINDER_H_

#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Completes a reminder, which counts as an answer to it: the other reminders of its group may end. Thread safe.
// `request` and `response` must live until `done`; errors are those the API names.
void CompleteReminder(EngineContext& engine, const CallPtr& call, const v1::CompleteReminderRequest& request,
                      v1::CompleteReminderResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_COMPLETE_REMINDER_H_
