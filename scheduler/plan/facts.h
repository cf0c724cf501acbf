// The facts about one patient that decide what is due when: the input of a plan, besides the pathway.
//
// Thread safety: functions may be called from any thread; the structs are plain values.
#ifndef AFTERCARE_SCHEDULER_PLAN_FACTS_H_
#define AFTERCARE_SCHEDULER_PLAN_FACTS_H_

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/plan/clinic_calendar.h"
#include "scheduler/plan/contact_hours.h"
#include "scheduler/plan/input/field_errors.h"
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

// A span in which nothing comes due. An occurrence that would have come due in it comes due at its end, if its window
// is still open then. Otherwise the occurrence has missed, with `reason`.
struct Suspension {
  absl::Time from;   // Its first instant.
  absl::Time until;  // The instant at which it is over.
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
};

// An answer, or its absence, that set off reminders of a rule that is a reaction.
struct Trigger {
  int rule = 0;     // Index in the pathway.
  absl::Time time;  // What the rule's day counts from.
};

// The facts about a patient that a plan is made of. A small value that is cheap to copy.
struct PatientFacts {
  // Day 0.
  absl::CivilDay procedure_date;

  absl::TimeZone zone;

  // When the patient was enrolled. An occurrence that was due earlier comes due then if its window is still open;
  // otherwise it has missed. InfinitePast for a plan without an enrollment (a preview), for which nothing is late.
  absl::Time enroll_time = absl::InfinitePast();

  // The suspensions after the enrollment, ordered by `until`: pauses (PAUSED), and the last change of these facts
  // (MOVED_BY_REANCHOR), which begins at InfinitePast.
  std::vector<Suspension> suspensions;

  // The patient's visits, by their index in the pathway.
  Visits visits;

  // When the change of these facts was made that left messages untold; see Rule.on_never_told. Not set if none did.
  std::optional<absl::Time> never_told;

  // What set off reminders of reactions, ordered by (rule, time), at most kMaxTriggers of a rule. No two of a rule are
  // of one local day; if the rule has no times of day, of one local minute.
  std::vector<Trigger> triggers;

  // The rules that apply to the patient, by their index in the pathway. All conditions of such a rule hold. If it is
  // for a visit, the visit is in the rule's state. If it is for what was never told, never_told is set. If it is a
  // reaction, it has a trigger.
  std::bitset<kMaxRules> rules;

  // When messages may be sent: the patient's contact hours, or the clinic's if the patient has none.
  ContactHours hours;

  Setting setting;
};

// Returns the date that the days of a rule count from, for a patient to whom the rule applies. Not for reactions.
absl::CivilDay AnchorOf(const CompiledRule& rule, const PatientFacts& facts);

// Returns the triggers of a rule, by time. They point into the facts. Empty for a rule that is no reaction.
absl::Span<const Trigger> TriggersOf(int rule, const PatientFacts& facts);

// Checks an enrollment as a client sends it and derives the patient's facts. Adds an error for every faulty field, with
// its path from the enrollment, and returns nothing then.
//
// Checks every field that a client sets except `pathway` and `pathway_revision`, which need the store. Does not fill in
// defaults: time_zone must be set, while an empty locale is accepted. Ignores output-only fields, except enroll_time,
// which is used if it is set.
std::optional<PatientFacts> FactsOf(const v1::Enrollment& enrollment, const CompiledPathway& pathway,
                                    FieldErrors* errors, const Setting& setting = {});

// Adds the errors that can be found without the pathway: those of all fields that FactsOf checks, except `factors`.
void CheckEnrollment(const v1::Enrollment& enrollment, FieldErrors* errors);

// Adds the errors of what a client says about how a patient's decision was obtained. `path` is that of `source`.
void CheckConsentSource(const v1::ConsentSource& source, const std::string& path, FieldErrors* errors);

// Derives the facts of a stored enrollment, which passed FactsOf with this pathway when it was stored. Takes well under
// a microsecond. Never fails: a zone that has left the zone database is read as UTC, a faulty date as 1970-01-01, and
// an unknown factor is ignored.
PatientFacts TrustedFactsOf(const v1::Enrollment& enrollment, const CompiledPathway& pathway,
                            const Setting& setting = {}, const record::v1::PlanHistory& history = {});

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_FACTS_H_
