// One reminder by name, as users see it. Thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_VIEW_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_VIEW_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

inline constexpr absl::string_view kReminderForm =
    "must be clinics/{clinic}/enrollments/{enrollment}/reminders/{rule}.{n}";

// NOT_FOUND / REMINDER_NOT_FOUND.
absl::Status ReminderNotFound(const store::ReminderKey& key);

// The reminder with its steps. NOT_FOUND where there is no such clinic, enrollment or reminder.
absl::StatusOr<v1::Reminder> ReadReminder(EngineContext& engine, store::ReadTransaction& tx,
                                          const store::ReminderKey& key);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_VIEW_H_
