// The use cases of reminders.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDERS_H_

#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Reads and changes reminders, past and future. Thread safe. Each method calls `done` exactly once, at its end. The
// request and the response must live until then. The errors are those that reminder_service.proto documents.
class Reminders {
 public:
  // The arguments must outlive this object and every call that was started.
  Reminders(EngineContext& engine, EnrollmentCache& enrollments, EnrollmentIndexCache& indexes)
      : engine_(engine), enrollments_(enrollments), indexes_(indexes) {}

  void List(const CallPtr& call, const v1::ListRemindersRequest& request, v1::ListRemindersResponse* response,
            Done done);
  void Count(const CallPtr& call, const v1::CountRemindersRequest& request, v1::CountRemindersResponse* response,
             Done done);
  void Get(const CallPtr& call, const v1::GetReminderRequest& request, v1::GetReminderResponse* response, Done done);
  void Complete(const CallPtr& call, const v1::CompleteReminderRequest& request, v1::CompleteReminderResponse* response,
                Done done);
  void Acknowledge(const CallPtr& call, const v1::AcknowledgeReminderRequest& request,
                   v1::AcknowledgeReminderResponse* response, Done done);
  void Move(const CallPtr& call, const v1::MoveReminderRequest& request, v1::MoveReminderResponse* response, Done done);
  void Cancel(const CallPtr& call, const v1::CancelReminderRequest& request, v1::CancelReminderResponse* response,
              Done done);
  void Restore(const CallPtr& call, const v1::RestoreReminderRequest& request, v1::RestoreReminderResponse* response,
               Done done);

 private:
  EngineContext& engine_;
  EnrollmentCache& enrollments_;
  EnrollmentIndexCache& indexes_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDERS_H_
