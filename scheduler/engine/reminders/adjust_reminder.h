// Changes one reminder by name before it is sent: moves it to another time, cancels it, or restores what the plan says.
// Functions are thread safe. Requests and responses must live until `done` is called. The errors are those that
// reminder_service.proto documents.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ADJUST_REMINDER_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ADJUST_REMINDER_H_

#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

void MoveReminder(EngineContext& engine, const CallPtr& call, const v1::MoveReminderRequest& request,
                  v1::MoveReminderResponse* response, Done done);
void CancelReminder(EngineContext& engine, const CallPtr& call, const v1::CancelReminderRequest& request,
                    v1::CancelReminderResponse* response, Done done);
void RestoreReminder(EngineContext& engine, const CallPtr& call, const v1::RestoreReminderRequest& request,
                     v1::RestoreReminderResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ADJUST_REMINDER_H_
