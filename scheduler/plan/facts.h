#ifndef AFTERCARE_SCHEDULER_PLAN_FACTS_H_
#define AFTERCARE_SCHEDULER_PLAN_FACTS_H_

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/plan/clinic_calendar.h"
#include "scheduler/plan/contact_hours.h"
#include "scheduler/plan/field_errors.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/visits.h"

namespace aftercare::plan {

// What a plan is made of besides the pathway and the enrollment.
struct Setting {
  // Of the clinic; null for one that is always open.
  std::shared_ptr<const ClinicCalendar> calendar;

  // Tells enrollments apart where their reminders are spread.
  uint64_t spread_seed = 0;
};

// The seed of an enrollment, the same in every process.
uint64_t SpreadSeed(absl::string_view clinic, absl::string_view enrollment);

// A span in which nothing came due: what would have is due when it is over, if its window is still open, and has missed
// with `reason` if not.
struct Suspension {
  absl::Time from;   // Its first instant.
  absl::Time until;  // When it is over.
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
};

// What of a patient decides when something is due. A small value; copy it freely.
struct PatientFacts {
  // Day 0.
  absl::CivilDay procedure_date;

  absl::TimeZone zone;

  // What is due before it is due then, if its window is still open, and late if not. InfinitePast where nobody is
  // enrolled yet: then nothing is late.
  absl::Time enroll_time = absl::InfinitePast();

  // What held the plan up since, by when it was over: pauses (PAUSED), and from InfinitePast the last change of these
  // facts (MOVED_BY_REANCHOR).
  std::vector<Suspension> suspensions;

  // Of the pathway, by index.
  Visits visits;

  // Which of the pathway's rules apply, by index: those whose conditions hold, and whose visit is in the state they are
  // for.
  std::bitset<kMaxRules> rules;

  // When messages may come due: the patient's hours, else the clinic's.
  ContactHours hours;

  Setting setting;
};

// Checks what a clinic says of a patient: every field it sets except `pathway` and `pathway_revision`, which need the
// store. Returns nothing if there is any fault, and adds every fault to `errors`, with its path from the enrollment.
// Defaults that come from elsewhere (time_zone, locale) must be filled in before; an empty locale passes. Output-only
// fields are not looked at, except that an enroll_time, where set, is taken over.
std::optional<PatientFacts> FactsOf(const v1::Enrollment& enrollment, const CompiledPathway& pathway,
                                    FieldErrors* errors, const Setting& setting = {});

// Adds the faults that can be told without knowing the pathway: all but those of factors.
void CheckEnrollment(const v1::Enrollment& enrollment, FieldErrors* errors);

// The same as FactsOf for an enrollment that passed it with this pathway before and was stored since; well under a
// microsecond. Whatever does not fit all the same (a zone that left the zone database) is read leniently, never
// refused: the zone becomes UTC, the date 1970-01-01, an unknown factor is ignored.
PatientFacts TrustedFactsOf(const v1::Enrollment& enrollment, const CompiledPathway& pathway,
                            const Setting& setting = {}, const record::v1::PlanHistory& history = {});

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_FACTS_H_
