#include "scheduler/engine/reminders/reminders.h"

#include <utility>

#include "scheduler/engine/reminders/acknowledge_reminder.h"
#include "scheduler/engine/reminders/adjust_reminder.h"
#include "scheduler/engine/reminders/complete_reminder.h"
#include "scheduler/engine/reminders/read_reminders.h"

namespace aftercare::engine {

void Reminders::List(const CallPtr& call, const v1::ListRemindersRequest& request, v1::ListRemindersResponse* response,
                     Done done) {
  ListReminders(engine_, indexes_, call, request, response, std::move(done));
}

void Reminders::Count(const CallPtr& call, const v1::CountRemindersRequest& request,
                      v1::CountRemindersResponse* response, Done done) {
  CountReminders(engine_, indexes_, call, request, response, std::move(done));
}

void Reminders::Get(const CallPtr& call, const v1::GetReminderRequest& request, v1::GetReminderResponse* response,
                    Done done) {
  GetReminder(engine_, enrollments_, call, request, response, std::move(done));
}

void Reminders::Complete(const CallPtr& call, const v1::CompleteReminderRequest& request,
                         v1::CompleteReminderResponse* response, Done done) {
  CompleteReminder(engine_, call, request, response, std::move(done));
}

void Reminders::Acknowledge(const CallPtr& call, const v1::AcknowledgeReminderRequest& request,
                            v1::AcknowledgeReminderResponse* response, Done done) {
  AcknowledgeReminder(engine_, call, request, response, std::move(done));
}

void Reminders::Move(const CallPtr& call, const v1::MoveReminderRequest& request, v1::MoveReminderResponse* response,
                     Done done) {
  MoveReminder(engine_, call, request, response, std::move(done));
}

void Reminders::Cancel(const CallPtr& call, const v1::CancelReminderRequest& request,
                       v1::CancelReminderResponse* response, Done done) {
  CancelReminder(engine_, call, request, response, std::move(done));
}

void Reminders::Restore(const CallPtr& call, const v1::RestoreReminderRequest& request,
                        v1::RestoreReminderResponse* response, Done done) {
  RestoreReminder(engine_, call, request, response, std::move(done));
}

}  // namespace aftercare::engine
