// Reminders as users see them. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_VIEW_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_VIEW_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// The text of the error about a malformed name of a reminder.
inline constexpr absl::string_view kReminderForm =
    "must be clinics/{clinic}/enrollments/{enrollment}/reminders/{rule}.{date}, as in ice.2026-03-04";

// Makes the error NOT_FOUND / REMINDER_NOT_FOUND.
absl::Status ReminderNotFound(const store::ReminderKey& key);

// A reminder as its name is found: stored, planned, or both.
struct FoundReminder {
  // The reminder's present name, which may differ from the one that was looked for.
  store::ReminderKey key;

  // The stored reminder, if there is one.
  std::optional<store::ReminderRow> row;

  // The occurrence of the present plan that the row covers, or that the reminder is if it has no row.
  std::optional<plan::Occurrence> occurrence;
};

// Finds a reminder by its name. If its rule has got other times a day since the name was given out, finds the reminder
// that has taken its place. NOT_FOUND / REMINDER_NOT_FOUND if neither the rows nor the plan have it.
absl::StatusOr<FoundReminder> FindReminder(store::ReadTransaction& tx, const EnrollmentContext& context,
                                           const store::ReminderKey& key);

// Returns one reminder by its key, with the steps that explain its time. NOT_FOUND if there is no such clinic,
// enrollment or reminder.
absl::StatusOr<v1::Reminder> ReadReminder(EngineContext& engine, store::ReadTransaction& tx,
                                          const store::ReminderKey& key);
// The same, for a caller that has read the clinic and the enrollment already.
absl::StatusOr<v1::Reminder> ReadReminder(EngineContext& engine, store::ReadTransaction& tx,
                                          const store::ClinicRow& clinic, const EnrollmentContext& context,
                                          const store::ReminderKey& key);

// A reminder that has no row, as of `now`. The caller has made sure that there is no row. `code` is that of its name.
v1::Reminder DerivedToProto(const EnrollmentContext& context, const v1::Clinic& clinic,
                            const plan::Occurrence& occurrence, int64_t code, absl::Time now);

// Adds the steps that explain a reminder's time. `key` is the occurrence that it covers; nothing if it covers none.
void AddSteps(const EnrollmentContext& context, const v1::Clinic& clinic, const plan::Plan& plan,
              const std::optional<OccurrenceKey>& key, bool moved, v1::Reminder* reminder);

// A reminder that has a row.
v1::Reminder StoredToProto(const EnrollmentContext& context, const v1::Clinic& clinic, const store::ReminderRow& row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REMINDER_VIEW_H_
