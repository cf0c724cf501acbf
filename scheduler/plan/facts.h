// The facts about one patient that decide what is due when: the input of a plan, besides the pathway.
//
// Thread safety: functions may be called from any thread; the structs are plain values.
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

// What a plan depends on besides the pathway and the enrollment.
struct Setting {
  // The clinic's calendar. Null for a clinic that is always open.
  std::shared_ptr<const ClinicCalendar> calendar;

  // Decides the enrollment's share of a rule's spread; see SpreadSeed.
  uint64_t spread_seed = 0;
};

// The spread seed of an enrollment. The same in every process and version.
uint64_t SpreadSeed(absl::string_view clinic, absl::string_view enrollment);

// A span in which nothing comes due. What would have come due in it is due at its end, if its window is still open
// then; otherwise it has missed, with `reason`.
struct Suspension {
  absl::Time from;   // Its first instant.
  absl::Time until;  // The instant at which it is over.
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
};

// The facts about a patient that a plan is made of. A small value that is cheap to copy.
struct PatientFacts {
  // Day 0.
  absl::CivilDay procedure_date;

  absl::TimeZone zone;

  // When the patient was enrolled. What was due earlier is due then if its window is still open, and has missed
  // otherwise. InfinitePast for a plan without an enrollment (a preview): nothing is late then.
  absl::Time enroll_time = absl::InfinitePast();

  // What delayed the plan since, ordered by `until`: pauses (PAUSED), and the last change of these facts
  // (MOVED_BY_REANCHOR), which reaches back to InfinitePast.
  std::vector<Suspension> suspensions;

  // The patient's visits, by their index in the pathway.
  Visits visits;

  // The rules that apply, by their index in the pathway: their conditions hold, and their visit, if they are for one,
  // is in the state they name.
  std::bitset<kMaxRules> rules;

  // When messages may be sent: the patient's contact hours, or the clinic's if the patient has none.
  ContactHours hours;

  Setting setting;
};

// Checks an enrollment as a client sends it and derives the patient's facts. Checks every field that a client sets
// except `pathway` and `pathway_revision`, which need the store. Adds an error for every faulty field, with its path
// from the enrollment, and returns nothing then.
//
// Defaults from elsewhere (time_zone, locale) must have been filled in; an empty locale passes. Output-only fields are
// ignored, except enroll_time, which is used if it is set.
std::optional<PatientFacts> FactsOf(const v1::Enrollment& enrollment, const CompiledPathway& pathway,
                                    FieldErrors* errors, const Setting& setting = {});

// Adds the errors of an enrollment that can be found without its pathway: all but those of factors.
void CheckEnrollment(const v1::Enrollment& enrollment, FieldErrors* errors);

// Derives the facts of a stored enrollment, which passed FactsOf with this pathway when it was stored. Takes well under
// a microsecond. Never fails: a zone that has left the zone database is read as UTC, a faulty date as 1970-01-01, and
// an unknown factor is ignored.
PatientFacts TrustedFactsOf(const v1::Enrollment& enrollment, const CompiledPathway& pathway,
                            const Setting& setting = {}, const record::v1::PlanHistory& history = {});

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_FACTS_H_
