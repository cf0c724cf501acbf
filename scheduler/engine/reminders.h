#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_H_

#include "aftercare/v1/reminder_service.pb.h"
#include "scheduler/engine/core.h"

namespace aftercare::engine {

// What is due, was due and will be due. Thread safe. Requests and responses must live until `done`; errors are those
// the API names.
class Reminders {
 public:
  explicit Reminders(Core& core) : core_(core) {}

  void List(const Caller& caller, const v1::ListRemindersRequest& request, v1::ListRemindersResponse* response,
            Done done);
  void Count(const Caller& caller, const v1::CountRemindersRequest& request, v1::CountRemindersResponse* response,
             Done done);
  void Get(const Caller& caller, const v1::GetReminderRequest& request, v1::GetReminderResponse* response, Done done);
  void Complete(const Caller& caller, const v1::CompleteReminderRequest& request,
                v1::CompleteReminderResponse* response, Done done);

 private:
  Core& core_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_H_
