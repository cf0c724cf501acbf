// Reminders as users see them. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_VIEW_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_VIEW_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// The text of the error about a malformed name of a reminder.
inline constexpr absl::string_view kReminderForm =
    "must be clinics/{clinic}/enrollments/{enrollment}/reminders/{rule}.{n}";

// Makes the error NOT_FOUND / REMINDER_NOT_FOUND.
absl::Status ReminderNotFound(const store::ReminderKey& key);

// Returns the occurrence of that key in the enrollment's plan, or NOT_FOUND / REMINDER_NOT_FOUND.
absl::StatusOr<plan::Occurrence> RequireOccurrence(const EnrollmentContext& context, const store::ReminderKey& key);

// Returns one reminder by its key, with the steps that explain its time. NOT_FOUND if there is no such clinic,
// enrollment or reminder.
absl::StatusOr<v1::Reminder> ReadReminder(EngineContext& engine, store::ReadTransaction& tx,
                                          const store::ReminderKey& key);

// A reminder that has no row, as of `now`. The caller has made sure that there is no row.
v1::Reminder DerivedToProto(const EnrollmentContext& context, const v1::Clinic& clinic,
                            const plan::Occurrence& occurrence, absl::Time now);

// A reminder that has a row.
v1::Reminder StoredToProto(const EnrollmentContext& context, const v1::Clinic& clinic, const store::ReminderRow& row);

// The text of a reminder that has a row, in the patient's language.
std::string TextOf(const EnrollmentContext& context, const v1::Clinic& clinic, const store::ReminderRow& row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_VIEW_H_
