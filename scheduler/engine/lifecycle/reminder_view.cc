#include "scheduler/engine/lifecycle/reminder_view.h"

#include <utility>

#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/explain.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// The text of an occurrence of `pathway`. That may be an earlier revision than the context's, with visits of its own.
std::string Text(const EnrollmentContext& context, const v1::Clinic& clinic, const plan::CompiledPathway& pathway,
                 const plan::Occurrence& occurrence) {
  const plan::ClinicFacts clinic_facts = plan::ClinicFactsOf(clinic);
  if (&pathway == context.pathway.get()) {
    return plan::RenderText(pathway, context.facts, context.row.data, clinic_facts, occurrence);
  }
  plan::PatientFacts facts = context.facts;
  facts.visits =
      plan::VisitsOf(pathway, facts.procedure_date, facts.zone, facts.setting.calendar.get(), context.row.history);
  return plan::RenderText(pathway, facts, context.row.data, clinic_facts, occurrence);
}

// Adds what depends on the patient.
void AddPatient(const EnrollmentContext& context, const v1::Clinic& clinic, const plan::CompiledPathway& pathway,
                const plan::Occurrence& occurrence, v1::Channel channel, v1::Reminder* reminder) {
  reminder->set_patient(context.row.data.patient());
  reminder->set_channel(channel);
  reminder->set_text(Text(context, clinic, pathway, occurrence));
}

}  // namespace

absl::Status ReminderNotFound(const store::ReminderKey& key) {
  return ResourceNotFound("REMINDER_NOT_FOUND", ReminderNameOf(key));
}

absl::StatusOr<plan::Occurrence> RequireOccurrence(const EnrollmentContext& context, const store::ReminderKey& key) {
  const int rule = context.pathway->FindRule(key.rule);
  plan::Occurrence occurrence;
  plan::Plan plan(*context.pathway, context.facts);
  if (rule < 0 || !plan.Find(rule, key.number, &occurrence)) return ReminderNotFound(key);
  return occurrence;
}

absl::StatusOr<v1::Reminder> ReadReminder(EngineContext& engine, store::ReadTransaction& tx,
                                          const store::ReminderKey& key) {
  auto clinic = RequireClinic(tx, key.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, key.clinic, key.enrollment);
  if (!context.ok()) return context.status();
  auto row = tx.GetReminder(key);
  if (!row.ok()) return row.status();
  const plan::Plan plan(*context->pathway, context->facts);
  const int rule = context->pathway->FindRule(key.rule);
  v1::Reminder reminder;
  if (row->has_value()) {
    reminder = StoredToProto(*context, clinic->data, **row);
  } else {
    auto occurrence = RequireOccurrence(*context, key);
    if (!occurrence.ok()) return occurrence.status();
    reminder = DerivedToProto(*context, clinic->data, *occurrence, engine.Now(*clinic));
  }
  const bool moved = row->has_value() && (*row)->moved;
  plan::AddSteps(*context->pathway, context->facts, plan::ClinicFactsOf(clinic->data), plan, rule, key.number, moved,
                 &reminder);
  return reminder;
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
