// Lists, counts and reads reminders. Functions are thread safe. Requests and responses must live until `done` is
// called. The errors are those that reminder_service.proto documents.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_READ_REMINDERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_READ_REMINDERS_H_

#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

void ListReminders(EngineContext& engine, EnrollmentIndexCache& indexes, const CallPtr& call,
                   const v1::ListRemindersRequest& request, v1::ListRemindersResponse* response, Done done);
void CountReminders(EngineContext& engine, EnrollmentIndexCache& indexes, const CallPtr& call,
                    const v1::CountRemindersRequest& request, v1::CountRemindersResponse* response, Done done);
void GetReminder(EngineContext& engine, EnrollmentCache& enrollments, const CallPtr& call,
                 const v1::GetReminderRequest& request, v1::GetReminderResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_READ_REMINDERS_H_
