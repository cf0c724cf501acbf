// Keeps what changes of facts leave untold: messages whose time passed unsent, and appointments of which the patient
// last heard another start. Computes only. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_NEVER_TOLD_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_NEVER_TOLD_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/planning/pending_reminders.h"

namespace aftercare::engine {

// Returns the message that a change at an instant leaves untold. `id` is the last part of the reminder's name,
// `reminder` the same before the change.
record::v1::UntoldMessage MakeUntold(const EnrollmentContext& before, absl::string_view id,
                                     const PendingReminder& reminder, int64_t change_micros);

// Returns an instant for a change at `now` that no earlier change of the enrollment has, though a test clock stands
// still: the tasks of each count from it.
int64_t MicrosOfChange(const EnrollmentContext& before, absl::Time now);

// Adds to `untold`, which a change leaves so, what earlier changes left untold that it does not undo. Keeps 100
// messages of all, those of the change first. `pending` is what is pending after the change. `is_untold` says whether
// the present start of a visit, given by its id, is untold.
void KeepUntold(const record::v1::NeverTold& before, const EnrollmentContext& after, const PendingReminders& pending,
                absl::FunctionRef<bool(const std::string&)> is_untold, record::v1::NeverTold* untold);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_NEVER_TOLD_H_
