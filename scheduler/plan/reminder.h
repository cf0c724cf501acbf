#ifndef AFTERCARE_SCHEDULER_PLAN_REMINDER_H_
#define AFTERCARE_SCHEDULER_PLAN_REMINDER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"

// Occurrences as users see them. Functions are pure and thread safe.
namespace aftercare::plan {

// Sets the fields of `reminder` that follow from the plan alone, as of `now`: name (just `{rule}.{n}`), phase,
// category, audience, due_time, expire_time, nominal_local_time, state, reason and state_time. Leaves the others as
// they are.
//
// The state is that of an occurrence nothing has happened to: that of MissedState if it has missed, SUPPRESSED /
// OUTSIDE_CONTACT_HOURS if it is outside (also while it is still to come, for it will not be sent), else SCHEDULED
// before it is due, DUE inside its window, EXPIRED / WINDOW_CLOSED after it.
void Describe(const CompiledPathway& pathway, const PatientFacts& facts, const Occurrence& occurrence, absl::Time now,
              v1::Reminder* reminder);

// The state in which an occurrence ends that missed for a reason: LATE_ENROLLMENT and WINDOW_CLOSED EXPIRED, PAUSED
// SUPPRESSED, MOVED_BY_REANCHOR and VISIT_CHANGED CANCELLED.
v1::ReminderState MissedState(v1::ReminderReason reason);

// `{rule}.{n}`, the last segment of a reminder's name.
std::string ReminderId(const CompiledPathway& pathway, int rule, int number);

// A rule, by index, and a number of an occurrence of it (which need not exist).
struct ReminderKey {
  int rule = 0;
  int number = 0;
};

// Reads what ReminderId writes. Nothing for other spellings and for rules the pathway does not have.
std::optional<ReminderKey> ParseReminderId(const CompiledPathway& pathway, absl::string_view id);

// What a text may say of the clinic.
struct ClinicFacts {
  absl::string_view display_name;
  absl::string_view phone;
};

// The message in the patient's language, with names and dates filled in. Dates and times are those of `due` by the
// patient's clock, which differ from the nominal ones where the patient was enrolled later or clocks skip the time.
// White space at the end, such as an empty value leaves there, is cut off.
std::string RenderText(const CompiledPathway& pathway, const PatientFacts& facts, const v1::Enrollment& enrollment,
                       const ClinicFacts& clinic, const Occurrence& occurrence);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_REMINDER_H_
