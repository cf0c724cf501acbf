// Occurrences as users see them: their names, states and texts. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_REMINDER_H_
#define AFTERCARE_SCHEDULER_PLAN_REMINDER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"

namespace aftercare::plan {

// Sets the fields of `reminder` that follow from the plan alone, as of `now`: name (only the last segment, see
// ReminderId), phase, category, audience, due_time, expire_time, nominal_local_time, state, reason and state_time.
// Leaves all other fields unchanged.
//
// The state is that of an occurrence without a stored row:
// - by MissedState if it has missed;
// - SUPPRESSED / OUTSIDE_CONTACT_HOURS if it is outside the contact hours, even if it is still to come;
// - otherwise SCHEDULED before it is due, DUE inside its window and EXPIRED / WINDOW_CLOSED after it.
void Describe(const CompiledPathway& pathway, const PatientFacts& facts, const Occurrence& occurrence, absl::Time now,
              v1::Reminder* reminder);

// The final state of an occurrence that has missed: EXPIRED for LATE_ENROLLMENT and WINDOW_CLOSED, SUPPRESSED for
// PAUSED, CANCELLED for MOVED_BY_REANCHOR and VISIT_CHANGED.
v1::ReminderState MissedState(v1::ReminderReason reason);

// The last segment of the name of an occurrence that is told for the first time: `ice.2026-03-04` (reminder_name.h).
std::string ReminderId(const CompiledPathway& pathway, const Occurrence& occurrence);

// The facts about a clinic that a text may contain.
struct ClinicFacts {
  absl::string_view display_name;
  absl::string_view phone;

  // The IANA zone in which appointments are told. Empty: that of the patient.
  absl::string_view time_zone = "";
};

// The facts about a clinic. They point into `clinic`, which must outlive them.
ClinicFacts ClinicFactsOf(const v1::Clinic& clinic);

// The zone in which the clinic's appointments are told to a patient.
absl::TimeZone AppointmentZone(const ClinicFacts& clinic, const PatientFacts& patient);

// Returns whether a patient gets the versions of texts without health information (Rule.discreet_texts): the patient
// has not agreed to health information in messages.
bool GetsDiscreetTexts(const v1::Enrollment& enrollment);

// The text of a message in the patient's language, with names and dates filled in. Dates and times are those of `due`
// by the patient's clock; they differ from the nominal ones where the occurrence was moved. Those of an appointment are
// in the clinic's zone, and the text names that zone if the patient's clock shows another time then. White space at the
// end is removed. It is the version without health information if GetsDiscreetTexts.
std::string RenderText(const CompiledPathway& pathway, const PatientFacts& facts, const v1::Enrollment& enrollment,
                       const ClinicFacts& clinic, const Occurrence& occurrence);

// What RenderText fills into the text of the occurrence's rule: the value of each placeholder, in the order of the
// text. Together with the rule and the locale, this is enough to show the text later, whatever the facts are then.
std::vector<std::string> TextValues(const CompiledPathway& pathway, const PatientFacts& facts,
                                    const v1::Enrollment& enrollment, const ClinicFacts& clinic,
                                    const Occurrence& occurrence);

// The text of a rule with values of TextValues: word for word what RenderText gave. `locale` is the patient's locale of
// that time, or that of the text which a patient with this locale gets. `discreet` is what GetsDiscreetTexts was then.
std::string FillText(const CompiledPathway& pathway, int rule, absl::string_view locale,
                     absl::Span<const std::string> values, bool discreet = false);

// An upper bound on the bytes of RenderText for any occurrence of a rule. Much cheaper than the text.
size_t MaxTextBytes(const CompiledPathway& pathway, int rule, const v1::Enrollment& enrollment,
                    const ClinicFacts& clinic);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_REMINDER_H_
