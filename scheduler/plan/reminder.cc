#include "scheduler/plan/reminder.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/reminder_name.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::plan {
namespace {

// Sets how an occurrence stands that nothing has happened to.
void SetState(const Occurrence& occurrence, absl::Time now, v1::Reminder* reminder) {
  reminder->clear_state_time();
  reminder->set_reason(v1::REMINDER_REASON_UNSPECIFIED);
  if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) {
    reminder->set_state(MissedState(occurrence.missed));
    reminder->set_reason(occurrence.missed);
    SetTimestamp(occurrence.missed_time, reminder->mutable_state_time());
  } else if (occurrence.outside_contact_hours) {
    reminder->set_state(v1::REMINDER_STATE_SUPPRESSED);
    reminder->set_reason(v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS);
    if (occurrence.due <= now) SetTimestamp(occurrence.due, reminder->mutable_state_time());
  } else if (occurrence.due > now) {
    reminder->set_state(v1::REMINDER_STATE_SCHEDULED);
  } else if (occurrence.expire > now) {
    reminder->set_state(v1::REMINDER_STATE_DUE);
    SetTimestamp(occurrence.due, reminder->mutable_state_time());
  } else {
    reminder->set_state(v1::REMINDER_STATE_EXPIRED);
    reminder->set_reason(v1::REMINDER_REASON_WINDOW_CLOSED);
    SetTimestamp(occurrence.expire, reminder->mutable_state_time());
  }
}

// Returns the text of a rule in the language of who reads it.
const CompiledText& TextForReader(const CompiledPathway& pathway, int rule, absl::string_view locale, bool discreet) {
  // Tasks are read by the clinic's staff, not by the patient.
  const bool is_task = pathway.rule(rule).audience == v1::AUDIENCE_CARE_TEAM;
  return pathway.TextFor(rule, is_task ? pathway.source().default_locale() : locale, discreet);
}

const CompiledText& TextForPatient(const CompiledPathway& pathway, int rule, const v1::Enrollment& enrollment) {
  return TextForReader(pathway, rule, enrollment.locale(), GetsDiscreetTexts(enrollment));
}

// Returns the names that a text of a rule may contain, without the dates and times.
TextFacts NamesIn(const CompiledPathway& pathway, int rule, const v1::Enrollment& enrollment,
                  const ClinicFacts& clinic) {
  TextFacts names;
  names.first_name = enrollment.first_name();
  names.last_name = enrollment.last_name();
  names.clinic_name = clinic.display_name;
  names.clinic_phone = clinic.phone;
  names.phase = pathway.phase_source(pathway.rule(rule).phase).display_name();
  const int visit = pathway.rule(rule).visit;
  if (visit >= 0) names.visit = pathway.visit_source(visit).display_name();
  return names;
}

// Sets the dates and times of the visit that a rule is for. An appointment is told by the clinic's clock.
void AddVisit(const CompiledPathway& pathway, const PatientFacts& facts, const ClinicFacts& clinic, int rule,
              const Template& text, TextFacts* words) {
  const int index = pathway.rule(rule).visit;
  if (index < 0) return;
  const VisitFacts& visit = facts.visits[index];
  words->visit_date = visit.target;
  // What asks to book speaks of the target, whatever was booked since.
  if (pathway.rule(rule).visit_state == v1::VISIT_STATE_UNBOOKED || visit.appointment == 0) return;
  const absl::CivilMinute start = absl::ToCivilMinute(visit.start, AppointmentZone(clinic, facts));
  words->visit_date = absl::CivilDay(start);
  words->visit_time = start;
  const absl::CivilMinute patients = absl::ToCivilMinute(visit.start, facts.zone);
  if (start == patients) return;
  words->visit_time_zone = clinic.time_zone;
  // The zone need not be named twice.
  if (absl::CivilDay(start) != absl::CivilDay(patients) && !text.TellsVisitTime()) {
    words->visit_date_zone = clinic.time_zone;
  }
}

// Returns all that `text`, which is one of the occurrence's rule, may contain.
TextFacts WordsIn(const CompiledPathway& pathway, const PatientFacts& facts, const v1::Enrollment& enrollment,
                  const ClinicFacts& clinic, const Occurrence& occurrence, const CompiledText& text) {
  TextFacts words = NamesIn(pathway, occurrence.rule, enrollment, clinic);
  words.locale = text.locale;
  words.due = absl::ToCivilMinute(occurrence.due, facts.zone);
  words.procedure_date = facts.procedure_date;
  AddVisit(pathway, facts, clinic, occurrence.rule, text.words, &words);
  return words;
}

}  // namespace

void Describe(const CompiledPathway& pathway, const PatientFacts& facts, const Occurrence& occurrence, absl::Time now,
              v1::Reminder* reminder) {
  const CompiledRule& rule = pathway.rule(occurrence.rule);
  reminder->set_name(ReminderId(pathway, occurrence));
  reminder->set_phase(pathway.phase_source(rule.phase).id());
  reminder->set_category(pathway.rule_source(occurrence.rule).category());
  reminder->set_audience(rule.audience);
  reminder->set_urgency(rule.urgency);
  reminder->set_team(rule.team);
  SetTimestamp(occurrence.due, reminder->mutable_due_time());
  SetTimestamp(occurrence.expire, reminder->mutable_expire_time());
  reminder->set_nominal_local_time(FormatMinute(occurrence.nominal));
  SetState(occurrence, now, reminder);
  reminder->set_conditional(!rule.observed.empty() && reminder->state() == v1::REMINDER_STATE_SCHEDULED);
}

v1::ReminderState MissedState(v1::ReminderReason reason) {
  switch (reason) {
    case v1::REMINDER_REASON_PAUSED:
      return v1::REMINDER_STATE_SUPPRESSED;
    case v1::REMINDER_REASON_MOVED_BY_REANCHOR:
    case v1::REMINDER_REASON_VISIT_CHANGED:
      return v1::REMINDER_STATE_CANCELLED;
    default:
      return v1::REMINDER_STATE_EXPIRED;
  }
}

std::string ReminderId(const CompiledPathway& pathway, const Occurrence& occurrence) {
  return absl::StrCat(pathway.rule_source(occurrence.rule).id(), ".",
                      FormatNameCode(NameCodeOf(pathway, occurrence)));
}

ClinicFacts ClinicFactsOf(const v1::Clinic& clinic) {
  return {clinic.display_name(), clinic.phone(), clinic.time_zone()};
}

absl::TimeZone AppointmentZone(const ClinicFacts& clinic, const PatientFacts& patient) {
  return clinic.time_zone.empty() ? patient.zone : FindZone(clinic.time_zone).value_or(absl::UTCTimeZone());
}

bool GetsDiscreetTexts(const v1::Enrollment& enrollment) {
  const auto& decisions = enrollment.consent_decisions();
  return std::none_of(decisions.begin(), decisions.end(), [](const v1::ConsentDecision& decision) {
    return decision.health_information() && decision.consent() == v1::CONSENT_GRANTED;
  });
}

std::string RenderText(const CompiledPathway& pathway, const PatientFacts& facts, const v1::Enrollment& enrollment,
                       const ClinicFacts& clinic, const Occurrence& occurrence) {
  const CompiledText& text = TextForPatient(pathway, occurrence.rule, enrollment);
  std::string result;
  text.words.Render(WordsIn(pathway, facts, enrollment, clinic, occurrence, text), &result);
  absl::StripTrailingAsciiWhitespace(&result);
  return result;
}

std::vector<std::string> TextValues(const CompiledPathway& pathway, const PatientFacts& facts,
                                    const v1::Enrollment& enrollment, const ClinicFacts& clinic,
                                    const Occurrence& occurrence) {
  const CompiledText& text = TextForPatient(pathway, occurrence.rule, enrollment);
  return text.words.Values(WordsIn(pathway, facts, enrollment, clinic, occurrence, text));
}

std::string FillText(const CompiledPathway& pathway, int rule, absl::string_view locale,
                     absl::Span<const std::string> values, bool discreet) {
  std::string result;
  TextForReader(pathway, rule, locale, discreet).words.Fill(values, &result);
  absl::StripTrailingAsciiWhitespace(&result);
  return result;
}

size_t MaxTextBytes(const CompiledPathway& pathway, int rule, const v1::Enrollment& enrollment,
                    const ClinicFacts& clinic) {
  TextFacts names = NamesIn(pathway, rule, enrollment, clinic);
  names.visit_date_zone = names.visit_time_zone = clinic.time_zone;
  return TextForPatient(pathway, rule, enrollment).words.MaxBytes(names);
}

}  // namespace aftercare::plan
