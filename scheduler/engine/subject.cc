#include "scheduler/engine/subject.h"

#include <utility>

#include "scheduler/engine/errors.h"
#include "scheduler/engine/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// The occurrence behind a stored reminder, with the times it was stored with.
plan::Occurrence OccurrenceOf(const Subject& subject, const store::ReminderRow& row) {
  plan::Occurrence occurrence;
  plan::Plan plan(*subject.pathway, subject.facts);
  plan.Find(subject.pathway->FindRule(row.key.rule), row.key.number, &occurrence);
  occurrence.due = row.due;
  occurrence.expire = row.expire;
  return occurrence;
}

void AddPatient(const Subject& subject, const v1::Clinic& clinic, const plan::Occurrence& occurrence,
                int contact_point, v1::Reminder* reminder) {
  reminder->set_patient(subject.row.data.patient());
  reminder->set_channel(ChannelOf(subject, reminder->audience(), contact_point));
  reminder->set_text(plan::RenderText(*subject.pathway, subject.facts, subject.row.data,
                                      {clinic.display_name(), clinic.phone()}, occurrence));
}

}  // namespace

absl::StatusOr<Subject> MakeSubject(Core& core, store::Facts& facts, store::EnrollmentRow row) {
  const auto name = ParsePathwayName(row.data.pathway());
  if (!name) return absl::DataLossError("stored enrollment names no pathway");
  auto pathway = core.catalog().Get(facts, row.clinic, name->pathway, row.data.pathway_revision());
  if (!pathway.ok()) return pathway.status();
  auto calendar = core.catalog().Calendar(facts, row.clinic, row.clinic_calendar);
  if (!calendar.ok()) return calendar.status();
  Subject subject{std::move(row), *std::move(pathway), {}};
  subject.facts =
      plan::TrustedFactsOf(subject.row.data, *subject.pathway,
                           {*std::move(calendar), plan::SpreadSeed(subject.row.clinic, subject.row.enrollment)});
  return subject;
}

absl::StatusOr<std::optional<Subject>> FindSubject(Core& core, store::Facts& facts, absl::string_view clinic,
                                                   absl::string_view enrollment) {
  auto row = facts.GetEnrollment(clinic, enrollment);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  auto subject = MakeSubject(core, facts, **std::move(row));
  if (!subject.ok()) return subject.status();
  return *std::move(subject);
}

absl::StatusOr<Subject> RequireSubject(Core& core, store::Facts& facts, absl::string_view clinic,
                                       absl::string_view enrollment) {
  auto subject = FindSubject(core, facts, clinic, enrollment);
  if (!subject.ok()) return subject.status();
  if (!subject->has_value()) {
    return ResourceNotFound("ENROLLMENT_NOT_FOUND", EnrollmentNameOf(clinic, enrollment));
  }
  return **std::move(subject);
}

v1::Channel ChannelOf(const Subject& subject, v1::Audience audience, int contact_point) {
  const auto& points = subject.row.data.contact_points();
  if (audience == v1::AUDIENCE_CARE_TEAM || contact_point >= points.size()) return v1::CHANNEL_UNSPECIFIED;
  return points[contact_point].channel();
}

bool IsDerived(const Subject& subject, const plan::Occurrence& occurrence) {
  if (occurrence.lapsed != v1::REMINDER_REASON_UNSPECIFIED) return true;
  if (subject.row.state == v1::ENROLLMENT_STATE_ENDED) {
    return occurrence.due > plan::ToTime(subject.row.data.end_time());
  }
  return subject.row.next_due.has_value() && occurrence.due >= *subject.row.next_due;
}

Standing DerivedStanding(const Subject& subject, const plan::Occurrence& occurrence, absl::Time now) {
  if (occurrence.lapsed != v1::REMINDER_REASON_UNSPECIFIED) {
    return {plan::LapsedState(occurrence.lapsed), occurrence.lapsed};
  }
  if (subject.row.state == v1::ENROLLMENT_STATE_ENDED) {
    return {v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_ENROLLMENT_ENDED};
  }
  // What is due this instant and has not fired yet is about to: it is still scheduled, and nobody can lease it.
  return {v1::REMINDER_STATE_SCHEDULED, v1::REMINDER_REASON_UNSPECIFIED};
}

v1::Clinic ShowClinic(const store::ClinicRow& row) {
  v1::Clinic clinic = row.data;
  clinic.set_name(ClinicNameOf(row.clinic));
  clinic.set_etag(EtagOf(row.version));
  return clinic;
}

v1::Pathway ShowPathway(const store::PathwayRow& row) {
  v1::Pathway pathway = row.data;
  pathway.set_name(PathwayNameOf(row.clinic, row.pathway));
  pathway.set_revision(row.revision);
  plan::SetTimestamp(row.create_time, pathway.mutable_revision_create_time());
  pathway.set_etag(EtagOf(row.revision));
  return pathway;
}

v1::Enrollment ShowEnrollment(const store::EnrollmentRow& row) {
  v1::Enrollment enrollment = row.data;
  enrollment.set_name(EnrollmentNameOf(row.clinic, row.enrollment));
  enrollment.set_state(row.state);
  enrollment.set_etag(EtagOf(row.version));
  return enrollment;
}

v1::Reminder ShowDerived(const Subject& subject, const v1::Clinic& clinic, const plan::Occurrence& occurrence,
                         absl::Time now) {
  v1::Reminder reminder;
  plan::Describe(*subject.pathway, subject.facts, occurrence, now, &reminder);
  reminder.set_name(ReminderNameOf({subject.row.clinic, subject.row.enrollment,
                                    subject.pathway->rule_source(occurrence.rule).id(), occurrence.number}));
  const Standing standing = DerivedStanding(subject, occurrence, now);
  reminder.set_state(standing.state);
  reminder.set_reason(standing.reason);
  reminder.clear_state_time();
  if (standing.state == v1::REMINDER_STATE_CANCELLED) {
    *reminder.mutable_state_time() = subject.row.data.end_time();
  } else if (standing.state == v1::REMINDER_STATE_EXPIRED) {
    *reminder.mutable_state_time() = subject.row.data.enroll_time();
  }
  AddPatient(subject, clinic, occurrence, 0, &reminder);
  return reminder;
}

v1::Reminder ShowStored(const Subject& subject, const v1::Clinic& clinic, const store::ReminderRow& row) {
  const plan::Occurrence occurrence = OccurrenceOf(subject, row);
  v1::Reminder reminder;
  plan::Describe(*subject.pathway, subject.facts, occurrence, row.state_time, &reminder);
  reminder.set_name(ReminderNameOf(row.key));
  reminder.set_state(row.state);
  reminder.set_reason(row.reason);
  plan::SetTimestamp(row.state_time, reminder.mutable_state_time());
  reminder.set_attempts(row.attempts);
  AddPatient(subject, clinic, occurrence, row.contact_point, &reminder);
  return reminder;
}

std::string TextOf(const Subject& subject, const v1::Clinic& clinic, const store::ReminderRow& row) {
  return plan::RenderText(*subject.pathway, subject.facts, subject.row.data, {clinic.display_name(), clinic.phone()},
                          OccurrenceOf(subject, row));
}

}  // namespace aftercare::engine
