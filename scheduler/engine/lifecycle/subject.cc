#include "scheduler/engine/lifecycle/subject.h"

#include <utility>

#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// The message of an occurrence of a pathway, which may be an earlier revision than the subject's, with visits of its
// own.
std::string Text(const Subject& subject, const v1::Clinic& clinic, const plan::CompiledPathway& pathway,
                 const plan::Occurrence& occurrence) {
  const plan::ClinicFacts words{clinic.display_name(), clinic.phone()};
  if (&pathway == subject.pathway.get()) {
    return plan::RenderText(pathway, subject.facts, subject.row.data, words, occurrence);
  }
  plan::PatientFacts facts = subject.facts;
  facts.visits = plan::VisitsOf(pathway, facts.procedure_date, facts.zone, facts.setting.calendar.get(),
                                subject.row.history);
  return plan::RenderText(pathway, facts, subject.row.data, words, occurrence);
}

void AddPatient(const Subject& subject, const v1::Clinic& clinic, const plan::CompiledPathway& pathway,
                const plan::Occurrence& occurrence, v1::Channel channel, v1::Reminder* reminder) {
  reminder->set_patient(subject.row.data.patient());
  reminder->set_channel(channel);
  reminder->set_text(Text(subject, clinic, pathway, occurrence));
}

// The first contact point at or after index `from` whose channel the patient has not opted out of.
std::optional<int> FirstWanted(const Subject& subject, int from) {
  const auto& points = subject.row.data.contact_points();
  for (int i = from; i < points.size(); ++i) {
    if ((subject.row.opted_out >> points[i].channel() & 1) == 0) return i;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Subject> MakeSubject(Core& core, store::Facts& facts, store::EnrollmentRow row) {
  const auto name = ParsePathwayName(row.data.pathway());
  if (!name) return absl::DataLossError("stored enrollment names no pathway");
  auto pathway = core.catalog().Get(facts, row.clinic, name->pathway, row.data.pathway_revision());
  if (!pathway.ok()) return pathway.status();
  auto calendar = core.catalog().Calendar(facts, row.clinic, row.clinic_calendar);
  if (!calendar.ok()) return calendar.status();
  const int64_t basis = core.BasisOf(row.clinic_calendar);
  Subject subject{std::move(row), *std::move(pathway), {}, basis, {}};
  subject.facts =
      plan::TrustedFactsOf(subject.row.data, *subject.pathway,
                           {*std::move(calendar), plan::SpreadSeed(subject.row.clinic, subject.row.enrollment)},
                           subject.row.history);
  for (const int32_t revision : subject.row.history.earlier_revisions()) {
    auto earlier = core.catalog().Get(facts, subject.row.clinic, name->pathway, revision);
    if (!earlier.ok()) return earlier.status();
    subject.earlier.emplace_back(revision, *std::move(earlier));
  }
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

absl::Time AppointmentOf(const Subject& subject, const v1::Rule& rule) {
  const int index = subject.pathway->FindVisit(rule.visit().visit());
  if (index < 0 || rule.visit().state() != v1::VISIT_STATE_BOOKED) return absl::InfiniteFuture();
  const plan::VisitFacts& visit = subject.facts.visits[index];
  return visit.state == v1::VISIT_STATE_BOOKED ? visit.start : absl::InfiniteFuture();
}

v1::Channel ChannelOf(const Subject& subject, v1::Audience audience, int contact_point) {
  const auto& points = subject.row.data.contact_points();
  if (audience == v1::AUDIENCE_CARE_TEAM || contact_point >= points.size()) return v1::CHANNEL_UNSPECIFIED;
  return points[contact_point].channel();
}

v1::Channel PlannedChannel(const Subject& subject, v1::Audience audience) {
  const std::optional<int> first = FirstWanted(subject, 0);
  return first ? ChannelOf(subject, audience, *first) : v1::CHANNEL_UNSPECIFIED;
}

v1::Channel StoredChannel(const Subject& subject, const store::ReminderRow& row) {
  const v1::Audience audience = RuleOf(subject, row).compiled().audience;
  return row.state == v1::REMINDER_STATE_SCHEDULED ? PlannedChannel(subject, audience)
                                                   : ChannelOf(subject, audience, row.contact_point);
}

std::optional<int> PermittedContactPoint(const Subject& subject, int from) {
  if (subject.row.data.consent() != v1::CONSENT_GRANTED) return std::nullopt;
  return FirstWanted(subject, from);
}

v1::ReminderReason UnreachableReason(const Subject& subject) {
  if (subject.row.data.consent() != v1::CONSENT_GRANTED) return v1::REMINDER_REASON_NO_CONSENT;
  if (subject.row.data.contact_points().empty()) return v1::REMINDER_REASON_NO_CONTACT_POINT;
  if (!PermittedContactPoint(subject, 0)) return v1::REMINDER_REASON_OPTED_OUT;
  return v1::REMINDER_REASON_UNSPECIFIED;
}

void DirectAt(const Subject& subject, int contact_point, store::ReminderRow* row) {
  row->contact_point = contact_point;
  row->channel = ChannelOf(subject, v1::AUDIENCE_PATIENT, contact_point);
}

RowRule RuleOf(const Subject& subject, const store::ReminderRow& row) {
  const std::shared_ptr<const plan::CompiledPathway>* pathway = &subject.pathway;
  for (const auto& [revision, earlier] : subject.earlier) {
    if (revision == row.revision && revision != subject.row.data.pathway_revision()) pathway = &earlier;
  }
  return {pathway, (*pathway)->FindRule(row.key.rule)};
}

bool OnlyRowsTell(const Subject& subject, const plan::Occurrence& occurrence, absl::Time now) {
  const store::EnrollmentRow& row = subject.row;
  if (IsStale(subject) || (row.recorded_until && occurrence.due <= *row.recorded_until)) return true;
  // What lapsed by the plan of now may have come due by that of then, what is held by a pause may have been dealt with.
  if (occurrence.lapsed != v1::REMINDER_REASON_UNSPECIFIED) return row.history.ByteSizeLong() > 0;
  if (row.state != v1::ENROLLMENT_STATE_PAUSED) return false;
  return occurrence.due <= now || occurrence.due < absl::FromUnixMicros(row.history.hold_micros());
}

bool IsDerived(const Subject& subject, const plan::Occurrence& occurrence) {
  if (occurrence.lapsed != v1::REMINDER_REASON_UNSPECIFIED) return true;
  switch (subject.row.state) {
    case v1::ENROLLMENT_STATE_ENDED:
      return occurrence.due > plan::ToTime(subject.row.data.end_time());
    case v1::ENROLLMENT_STATE_PAUSED:
      return occurrence.due >= absl::FromUnixMicros(subject.row.history.hold_micros());
    default:
      return subject.row.next_due.has_value() && occurrence.due >= *subject.row.next_due;
  }
}

Standing DerivedStanding(const Subject& subject, const plan::Occurrence& occurrence, absl::Time now) {
  if (occurrence.lapsed != v1::REMINDER_REASON_UNSPECIFIED) {
    return {plan::LapsedState(occurrence.lapsed), occurrence.lapsed, occurrence.lapse_time};
  }
  if (subject.row.state == v1::ENROLLMENT_STATE_ENDED) {
    return {v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_ENROLLMENT_ENDED,
            plan::ToTime(subject.row.data.end_time())};
  }
  if (subject.row.state == v1::ENROLLMENT_STATE_PAUSED && occurrence.expire <= now) {
    return {v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_PAUSED, occurrence.expire};
  }
  // What is due this instant and has not fired yet is about to: it is still scheduled, and nobody can lease it.
  return {v1::REMINDER_STATE_SCHEDULED, v1::REMINDER_REASON_UNSPECIFIED, absl::InfinitePast()};
}

void AddChannels(int64_t bits, google::protobuf::RepeatedField<int>* channels) {
  for (int channel = v1::Channel_MIN; channel <= v1::Channel_MAX; ++channel) {
    if ((bits >> channel & 1) != 0) channels->Add(channel);
  }
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
  AddChannels(row.opted_out, enrollment.mutable_opted_out_channels());
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
  if (standing.since > absl::InfinitePast()) plan::SetTimestamp(standing.since, reminder.mutable_state_time());
  AddPatient(subject, clinic, *subject.pathway, occurrence, PlannedChannel(subject, reminder.audience()), &reminder);
  return reminder;
}

plan::Occurrence OccurrenceOf(const Subject& subject, const store::ReminderRow& row) {
  const RowRule rule = RuleOf(subject, row);
  plan::Occurrence occurrence;
  const bool has_place = rule.pathway == &subject.pathway &&
                         plan::Plan(*subject.pathway, subject.facts).Find(rule.rule, row.key.number, &occurrence);
  if (!has_place) {
    occurrence.rule = rule.rule;
    occurrence.number = row.key.number;
    occurrence.nominal = absl::ToCivilMinute(row.due, subject.facts.zone);
  }
  if (row.moved || row.due != occurrence.due) occurrence.outside = false;  // that was said of where the plan has it
  occurrence.due = row.due;
  occurrence.expire = row.expire;
  return occurrence;
}

v1::Reminder ShowStored(const Subject& subject, const v1::Clinic& clinic, const store::ReminderRow& row) {
  const plan::Occurrence occurrence = OccurrenceOf(subject, row);
  const plan::CompiledPathway& pathway = **RuleOf(subject, row).pathway;
  v1::Reminder reminder;
  plan::Describe(pathway, subject.facts, occurrence, row.state_time, &reminder);
  reminder.set_name(ReminderNameOf(row.key));
  reminder.set_state(row.state);
  reminder.set_reason(row.reason);
  plan::SetTimestamp(row.state_time, reminder.mutable_state_time());
  reminder.set_attempts(row.attempts);
  if (row.score) reminder.set_score(*row.score);
  AddPatient(subject, clinic, pathway, occurrence, StoredChannel(subject, row), &reminder);
  return reminder;
}

std::string TextOf(const Subject& subject, const v1::Clinic& clinic, const store::ReminderRow& row) {
  return Text(subject, clinic, **RuleOf(subject, row).pathway, OccurrenceOf(subject, row));
}

}  // namespace aftercare::engine
