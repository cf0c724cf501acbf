// The use cases of reminders.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDERS_H_

#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// What was due, is due and will be due. Thread safe. Each method ends with one call of `done`, until which its request
// and response must live; errors are those the API names.
class Reminders {
 public:
  // The references must outlive this and every call under way.
  Reminders(EngineContext& engine, EnrollmentIndexCache& indexes) : engine_(engine), indexes_(indexes) {}

  void List(const CallPtr& call, const v1::ListRemindersRequest& request, v1::ListRemindersResponse* response,
            Done done);
  void Count(const CallPtr& call, const v1::CountRemindersRequest& request, v1::CountRemindersResponse* response,
             Done done);
  void Get(const CallPtr& call, const v1::GetReminderRequest& request, v1::GetReminderResponse* response, Done done);
  void Complete(const CallPtr& call, const v1::CompleteReminderRequest& request, v1::CompleteReminderResponse* response,
                Done done);
  void Move(const CallPtr& call, const v1::MoveReminderRequest& request, v1::MoveReminderResponse* response, Done done);
  void Cancel(const CallPtr& call, const v1::CancelReminderRequest& request, v1::CancelReminderResponse* response,
              Done done);
  void Restore(const CallPtr& call, const v1::RestoreReminderRequest& request, v1::RestoreReminderResponse* response,
               Done done);

 private:
  EngineContext& engine_;
  EnrollmentIndexCache& indexes_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDERS_H_
