#include "scheduler/engine/reminders/reminders.h"

#include <utility>

#include "scheduler/engine/reminders/adjust_reminder.h"
#include "scheduler/engine/reminders/complete_reminder.h"
#include "scheduler/engine/reminders/read_reminders.h"

namespace aftercare::engine {

void Reminders::List(const Caller& caller, const v1::ListRemindersRequest& request,
                     v1::ListRemindersResponse* response, Done done) {
  ListReminders(engine_, indexes_, caller, request, response, std::move(done));
}

void Reminders::Count(const Caller& caller, const v1::CountRemindersRequest& request,
                      v1::CountRemindersResponse* response, Done done) {
  CountReminders(engine_, indexes_, caller, request, response, std::move(done));
}

void Reminders::Get(const Caller& caller, const v1::GetReminderRequest& request, v1::GetReminderResponse* response,
                    Done done) {
  GetReminder(engine_, caller, request, response, std::move(done));
}

void Reminders::Complete(const Caller& caller, const v1::CompleteReminderRequest& request,
                         v1::CompleteReminderResponse* response, Done done) {
  CompleteReminder(engine_, sweeper_, caller, request, response, std::move(done));
}

void Reminders::Move(const Caller& caller, const v1::MoveReminderRequest& request, v1::MoveReminderResponse* response,
                     Done done) {
  MoveReminder(engine_, sweeper_, caller, request, response, std::move(done));
}

void Reminders::Cancel(const Caller& caller, const v1::CancelReminderRequest& request,
                       v1::CancelReminderResponse* response, Done done) {
  CancelReminder(engine_, sweeper_, caller, request, response, std::move(done));
}

void Reminders::Restore(const Caller& caller, const v1::RestoreReminderRequest& request,
                        v1::RestoreReminderResponse* response, Done done) {
  RestoreReminder(engine_, sweeper_, caller, request, response, std::move(done));
}

}  // namespace aftercare::engine
