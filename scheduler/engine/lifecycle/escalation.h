// How tasks of the care team escalate. A rule may give its tasks escalation steps. If nobody acknowledges such a task
// by its deadline, which is its expire_time, it goes to the next step: it gets a later deadline, and the category and
// urgency of the step. Until then the row's `closes` is that deadline, so that the sweep finds the task. The functions
// are thread safe and store nothing; EscalateOverdue in reminder_changes.h stores and logs. A step may name a care
// team, which is then told of it (team_notices.h).
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ESCALATION_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ESCALATION_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/event.pb.h"
#include "aftercare/v1/reaction.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Returns whether a row is a task of the care team, and not a message.
bool IsTask(const EnrollmentContext& context, const store::ReminderRow& row);

// Returns the category of a row: that of the last step that names one, or else that of the rule. Valid as long as the
// context.
const std::string& CategoryOf(const EnrollmentContext& context, const store::ReminderRow& row);

// The care team that is told of a task.
struct NotifiedTeam {
  absl::string_view id;  // Empty: nobody is told. Valid as long as the context.
  int step = 0;          // The escalation step that names it; 0: the rule does.
};

// Returns the team that is told of a task as it is now: that of the last step that names one, or else of the rule.
NotifiedTeam TeamOf(const EnrollmentContext& context, const store::ReminderRow& row);

// Set what depends on the steps that a task has gone, who is told of it, and when it was acknowledged. Also set the
// category of a message.
void ShowEscalation(const EnrollmentContext& context, const store::ReminderRow& row, v1::Reminder* reminder);
void ShowEscalation(const EnrollmentContext& context, const store::ReminderRow& row, v1::ReminderChange* change);

// Returns whether somebody has acknowledged the task.
bool IsAcknowledged(const store::ReminderRow& row);

// Notes in a task that somebody acknowledged it at `now`. It escalates no further.
void Acknowledge(const EnrollmentContext& context, absl::Time now, store::ReminderRow* row);

// Sets `closes` of a task to its deadline if it goes a step then: it is open, nobody has acknowledged it, and its rule
// has a step left. Clears `closes` otherwise. Returns whether that changed it. Call it when the task comes due, and
// when one of these conditions may have changed. Leaves messages and what is SCHEDULED alone.
bool WatchDeadline(const EnrollmentContext& context, store::ReminderRow* row);

// Goes the next step if the task's deadline has passed at `now`. The new deadline counts from the old one, so it may
// have passed too: call this until it returns false, which means that the row has not changed. Needs `closes` as
// WatchDeadline sets it.
bool GoNextStep(const EnrollmentContext& context, absl::Time now, store::ReminderRow* row);

// Forgets the steps that the task has gone, who was told of it and who acknowledged it, and what was observed, because
// the reminder comes due once more.
void ForgetEscalation(store::ReminderRow* row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ESCALATION_H_
