// What a patient has been told, for the comparison of two plans. Not thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_HEARD_REMINDERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_HEARD_REMINDERS_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/plan/match.h"
#include "scheduler/plan/tellings.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// A reminder that the patient, or the care team, was told.
struct Heard {
  const store::ReminderRow* row = nullptr;
  plan::StoredReminder stored;
};

// All reminders of an enrollment that were told.
class HeardReminders {
 public:
  // `tellings` are those of the context's plan, `rows` all rows of the enrollment. All must outlive the object.
  HeardReminders(const EnrollmentContext& context, const plan::PlanTellings& tellings,
                 const std::vector<store::ReminderRow>& rows);

  // Returns what told the patient the same line or day number as `telling` for another procedure date or start. If
  // several did, one of the same time of day, or else the newest. Null if there is none.
  const Heard* ToldBefore(const plan::Telling& telling);

  // Returns whether something of the series was told on a day of the patient's calendar.
  bool IsToldOn(absl::CivilDay day, const plan::Telling& telling) const;

  // Returns what told the patient last of an appointment for a visit, given by its id. Null if nothing did.
  const Heard* LastOf(absl::string_view visit) const;

 private:
  int64_t OffsetOf(const plan::PatientFacts& facts, const plan::CompiledPathway& pathway,
                   const plan::Telling& telling) const;

  const EnrollmentContext& context_;
  ToldReminders told_;
  std::vector<Heard> heard_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_HEARD_REMINDERS_H_
