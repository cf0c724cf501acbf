#include "scheduler/engine/lifecycle/enrollment_context.h"

#include <utility>

#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// The message of an occurrence of a pathway, which may be an earlier revision than the context's, with visits of its
// own.
std::string Text(const EnrollmentContext& context, const v1::Clinic& clinic, const plan::CompiledPathway& pathway,
                 const plan::Occurrence& occurrence) {
  const plan::ClinicFacts words{clinic.display_name(), clinic.phone()};
  if (&pathway == context.pathway.get()) {
    return plan::RenderText(pathway, context.facts, context.row.data, words, occurrence);
  }
  plan::PatientFacts facts = context.facts;
  facts.visits =
      plan::VisitsOf(pathway, facts.procedure_date, facts.zone, facts.setting.calendar.get(), context.row.history);
  return plan::RenderText(pathway, facts, context.row.data, words, occurrence);
}

void AddPatient(const EnrollmentContext& context, const v1::Clinic& clinic, const plan::CompiledPathway& pathway,
                const plan::Occurrence& occurrence, v1::Channel channel, v1::Reminder* reminder) {
  reminder->set_patient(context.row.data.patient());
  reminder->set_channel(channel);
  reminder->set_text(Text(context, clinic, pathway, occurrence));
}

// The first contact point at or after index `from` whose channel the patient has not opted out of.
std::optional<int> FirstWanted(const EnrollmentContext& context, int from) {
  const auto& points = context.row.data.contact_points();
  for (int i = from; i < points.size(); ++i) {
    if ((context.row.opted_out >> points[i].channel() & 1) == 0) return i;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<EnrollmentContext> MakeEnrollmentContext(EngineContext& engine, store::ReadTransaction& tx,
                                                        store::EnrollmentRow row) {
  const auto name = ParsePathwayName(row.data.pathway());
  if (!name) return absl::DataLossError("stored enrollment names no pathway");
  auto pathway = engine.definitions().Get(tx, row.clinic, name->pathway, row.data.pathway_revision());
  if (!pathway.ok()) return pathway.status();
  auto calendar = engine.definitions().Calendar(tx, row.clinic, row.calendar_fingerprint);
  if (!calendar.ok()) return calendar.status();
  const int64_t plan_fingerprint = engine.PlanFingerprintOf(row.calendar_fingerprint);
  EnrollmentContext context{std::move(row), *std::move(pathway), {}, plan_fingerprint, {}};
  context.facts = plan::TrustedFactsOf(
      context.row.data, *context.pathway,
      {*std::move(calendar), plan::SpreadSeed(context.row.clinic, context.row.enrollment)}, context.row.history);
  for (const int32_t revision : context.row.history.earlier_revisions()) {
    auto earlier = engine.definitions().Get(tx, context.row.clinic, name->pathway, revision);
    if (!earlier.ok()) return earlier.status();
    context.earlier.emplace_back(revision, *std::move(earlier));
  }
  return context;
}

absl::StatusOr<std::optional<EnrollmentContext>> FindEnrollmentContext(EngineContext& engine,
                                                                       store::ReadTransaction& tx,
                                                                       absl::string_view clinic,
                                                                       absl::string_view enrollment) {
  auto row = tx.GetEnrollment(clinic, enrollment);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  auto context = MakeEnrollmentContext(engine, tx, **std::move(row));
  if (!context.ok()) return context.status();
  return *std::move(context);
}

absl::StatusOr<EnrollmentContext> RequireEnrollmentContext(EngineContext& engine, store::ReadTransaction& tx,
                                                           absl::string_view clinic, absl::string_view enrollment) {
  auto context = FindEnrollmentContext(engine, tx, clinic, enrollment);
  if (!context.ok()) return context.status();
  if (!context->has_value()) {
    return ResourceNotFound("ENROLLMENT_NOT_FOUND", EnrollmentNameOf(clinic, enrollment));
  }
  return **std::move(context);
}

absl::Time AppointmentOf(const EnrollmentContext& context, const v1::Rule& rule) {
  const int index = context.pathway->FindVisit(rule.visit().visit());
  if (index < 0 || rule.visit().state() != v1::VISIT_STATE_BOOKED) return absl::InfiniteFuture();
  const plan::VisitFacts& visit = context.facts.visits[index];
  return visit.state == v1::VISIT_STATE_BOOKED ? visit.start : absl::InfiniteFuture();
}

v1::Channel ChannelOf(const EnrollmentContext& context, v1::Audience audience, int contact_point) {
  const auto& points = context.row.data.contact_points();
  if (audience == v1::AUDIENCE_CARE_TEAM || contact_point >= points.size()) return v1::CHANNEL_UNSPECIFIED;
  return points[contact_point].channel();
}

v1::Channel PlannedChannel(const EnrollmentContext& context, v1::Audience audience) {
  const std::optional<int> first = FirstWanted(context, 0);
  return first ? ChannelOf(context, audience, *first) : v1::CHANNEL_UNSPECIFIED;
}

v1::Channel StoredChannel(const EnrollmentContext& context, const store::ReminderRow& row) {
  const v1::Audience audience = RuleOf(context, row).compiled().audience;
  return row.state == v1::REMINDER_STATE_SCHEDULED ? PlannedChannel(context, audience)
                                                   : ChannelOf(context, audience, row.contact_point);
}

std::optional<int> PermittedContactPoint(const EnrollmentContext& context, int from) {
  if (context.row.data.consent() != v1::CONSENT_GRANTED) return std::nullopt;
  return FirstWanted(context, from);
}

v1::ReminderReason UnreachableReason(const EnrollmentContext& context) {
  if (context.row.data.consent() != v1::CONSENT_GRANTED) return v1::REMINDER_REASON_NO_CONSENT;
  if (context.row.data.contact_points().empty()) return v1::REMINDER_REASON_NO_CONTACT_POINT;
  if (!PermittedContactPoint(context, 0)) return v1::REMINDER_REASON_OPTED_OUT;
  return v1::REMINDER_REASON_UNSPECIFIED;
}

void DirectAt(const EnrollmentContext& context, int contact_point, store::ReminderRow* row) {
  row->contact_point = contact_point;
  row->channel = ChannelOf(context, v1::AUDIENCE_PATIENT, contact_point);
}

RowRule RuleOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  const std::shared_ptr<const plan::CompiledPathway>* pathway = &context.pathway;
  for (const auto& [revision, earlier] : context.earlier) {
    if (revision == row.revision && revision != context.row.data.pathway_revision()) pathway = &earlier;
  }
  return {pathway, (*pathway)->FindRule(row.key.rule)};
}

bool OnlyRowsTell(const EnrollmentContext& context, const plan::Occurrence& occurrence, absl::Time now) {
  const store::EnrollmentRow& row = context.row;
  if (IsStale(context) || (row.compare_rows_until && occurrence.due <= *row.compare_rows_until)) return true;
  // What missed by the plan of now may have come due by that of then, what is held by a pause may have been dealt with.
  if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) return row.history.ByteSizeLong() > 0;
  if (row.state != v1::ENROLLMENT_STATE_PAUSED) return false;
  return occurrence.due <= now || occurrence.due < absl::FromUnixMicros(row.history.hold_micros());
}

bool IsDerived(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) return true;
  switch (context.row.state) {
    case v1::ENROLLMENT_STATE_ENDED:
      return occurrence.due > plan::ToTime(context.row.data.end_time());
    case v1::ENROLLMENT_STATE_PAUSED:
      return occurrence.due >= absl::FromUnixMicros(context.row.history.hold_micros());
    default:
      return context.row.next_due.has_value() && occurrence.due >= *context.row.next_due;
  }
}

ReminderStatus DerivedStatus(const EnrollmentContext& context, const plan::Occurrence& occurrence, absl::Time now) {
  if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) {
    return {plan::MissedState(occurrence.missed), occurrence.missed, occurrence.missed_time};
  }
  if (context.row.state == v1::ENROLLMENT_STATE_ENDED) {
    return {v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_ENROLLMENT_ENDED,
            plan::ToTime(context.row.data.end_time())};
  }
  if (context.row.state == v1::ENROLLMENT_STATE_PAUSED && occurrence.expire <= now) {
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

v1::Clinic ClinicToProto(const store::ClinicRow& row) {
  v1::Clinic clinic = row.data;
  clinic.set_name(ClinicNameOf(row.clinic));
  clinic.set_etag(EtagOf(row.version));
  return clinic;
}

v1::Pathway PathwayToProto(const store::PathwayRow& row) {
  v1::Pathway pathway = row.data;
  pathway.set_name(PathwayNameOf(row.clinic, row.pathway));
  pathway.set_revision(row.revision);
  plan::SetTimestamp(row.create_time, pathway.mutable_revision_create_time());
  pathway.set_etag(EtagOf(row.revision));
  return pathway;
}

v1::Enrollment EnrollmentToProto(const store::EnrollmentRow& row) {
  v1::Enrollment enrollment = row.data;
  enrollment.set_name(EnrollmentNameOf(row.clinic, row.enrollment));
  enrollment.set_state(row.state);
  enrollment.set_etag(EtagOf(row.version));
  AddChannels(row.opted_out, enrollment.mutable_opted_out_channels());
  return enrollment;
}

v1::Reminder DerivedToProto(const EnrollmentContext& context, const v1::Clinic& clinic,
                            const plan::Occurrence& occurrence, absl::Time now) {
  v1::Reminder reminder;
  plan::Describe(*context.pathway, context.facts, occurrence, now, &reminder);
  reminder.set_name(ReminderNameOf({context.row.clinic, context.row.enrollment,
                                    context.pathway->rule_source(occurrence.rule).id(), occurrence.number}));
  const ReminderStatus status = DerivedStatus(context, occurrence, now);
  reminder.set_state(status.state);
  reminder.set_reason(status.reason);
  reminder.clear_state_time();
  if (status.since > absl::InfinitePast()) plan::SetTimestamp(status.since, reminder.mutable_state_time());
  AddPatient(context, clinic, *context.pathway, occurrence, PlannedChannel(context, reminder.audience()), &reminder);
  return reminder;
}

plan::Occurrence OccurrenceOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  plan::Occurrence occurrence;
  const bool has_place = rule.pathway == &context.pathway &&
                         plan::Plan(*context.pathway, context.facts).Find(rule.rule, row.key.number, &occurrence);
  if (!has_place) {
    occurrence.rule = rule.rule;
    occurrence.number = row.key.number;
    occurrence.nominal = absl::ToCivilMinute(row.due, context.facts.zone);
  }
  if (row.moved || row.due != occurrence.due)
    occurrence.outside_contact_hours = false;  // that was said of where the plan has it
  occurrence.due = row.due;
  occurrence.expire = row.expire;
  return occurrence;
}

v1::Reminder StoredToProto(const EnrollmentContext& context, const v1::Clinic& clinic, const store::ReminderRow& row) {
  const plan::Occurrence occurrence = OccurrenceOf(context, row);
  const plan::CompiledPathway& pathway = **RuleOf(context, row).pathway;
  v1::Reminder reminder;
  plan::Describe(pathway, context.facts, occurrence, row.state_time, &reminder);
  reminder.set_name(ReminderNameOf(row.key));
  reminder.set_state(row.state);
  reminder.set_reason(row.reason);
  plan::SetTimestamp(row.state_time, reminder.mutable_state_time());
  reminder.set_attempts(row.attempts);
  if (row.score) reminder.set_score(*row.score);
  AddPatient(context, clinic, pathway, occurrence, StoredChannel(context, row), &reminder);
  return reminder;
}

std::string TextOf(const EnrollmentContext& context, const v1::Clinic& clinic, const store::ReminderRow& row) {
  return Text(context, clinic, **RuleOf(context, row).pathway, OccurrenceOf(context, row));
}

}  // namespace aftercare::engine
