#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDERS_H_

#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/field_errors.h"

namespace aftercare::engine {

// What is due, was due and will be due. Thread safe. Requests and responses must live until `done`; errors are those
// the API names.
class Reminders {
 public:
  Reminders(EngineContext& engine, EnrollmentIndexCache& indexes, Sweeper& sweeper)
      : engine_(engine), indexes_(indexes), sweeper_(sweeper) {}

  void List(const Caller& caller, const v1::ListRemindersRequest& request, v1::ListRemindersResponse* response,
            Done done);
  void Count(const Caller& caller, const v1::CountRemindersRequest& request, v1::CountRemindersResponse* response,
             Done done);
  void Get(const Caller& caller, const v1::GetReminderRequest& request, v1::GetReminderResponse* response, Done done);
  void Complete(const Caller& caller, const v1::CompleteReminderRequest& request,
                v1::CompleteReminderResponse* response, Done done);
  void Move(const Caller& caller, const v1::MoveReminderRequest& request, v1::MoveReminderResponse* response,
            Done done);
  void Cancel(const Caller& caller, const v1::CancelReminderRequest& request, v1::CancelReminderResponse* response,
              Done done);
  void Restore(const Caller& caller, const v1::RestoreReminderRequest& request, v1::RestoreReminderResponse* response,
               Done done);

 private:
  // Changes one reminder of a running enrollment by `change(tx, target)`.
  template <typename Request, typename Response, typename Change>
  void Adjust(const Caller& caller, const Request& request, Response* response, plan::FieldErrors errors,
              Change change, Done done);

  EngineContext& engine_;
  EnrollmentIndexCache& indexes_;
  Sweeper& sweeper_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_REMINDERS_H_
