#include "scheduler/engine/lifecycle/reminder_view.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/engine/lifecycle/consent_history.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/leased_text.h"
#include "scheduler/engine/lifecycle/reaction_records.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/untold.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/explain.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/reminder_name.h"
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
  return plan::RenderText(pathway, FactsUnder(context, pathway), context.row.data, clinic_facts, occurrence);
}

// Adds what depends on the patient.
void AddPatient(const EnrollmentContext& context, const v1::Clinic& clinic, const plan::CompiledPathway& pathway,
                const plan::Occurrence& occurrence, v1::Channel channel, v1::Reminder* reminder) {
  reminder->set_patient(context.row.data.patient());
  reminder->set_channel(channel);
  reminder->set_text(Text(context, clinic, pathway, occurrence));
}

// Returns a message by its name before the change and, if its rule counts from the procedure, its day: another message
// may have the name now.
std::string WordsFor(const EnrollmentContext& context, const record::v1::UntoldMessage& message) {
  const int rule = context.pathway->FindRule(message.reminder().substr(0, message.reminder().find('.')));
  const bool has_day = message.number() > 0 && rule >= 0 && context.pathway->rule(rule).visit < 0;
  return has_day ? absl::StrCat(message.reminder(), " (day ", message.offset_days(), ")") : message.reminder();
}

// A row keeps the number of a choice as its score, and the answer that something was not done as the score 0.
void ShowAnswer(const plan::CompiledRule& rule, const store::ReminderRow& row, v1::Reminder* reminder) {
  const bool is_answered =
      row.state == v1::REMINDER_STATE_COMPLETED && row.reason == v1::REMINDER_REASON_ANSWERED;
  if (rule.answer == v1::ANSWER_KIND_DONE) {
    if (is_answered) reminder->set_done(row.score.value_or(1) != 0);
  } else if (row.score && rule.answer == v1::ANSWER_KIND_CHOICE) {
    reminder->set_choice(*row.score);
  } else if (row.score) {
    reminder->set_score(*row.score);
  }
}

// Says in the first step of a task about messages that were never told which they were.
void AddUntold(const EnrollmentContext& context, const OccurrenceKey& key, v1::Reminder* reminder) {
  constexpr int kMost = 20;
  if (key.rule < 0 || !context.pathway->rule(key.rule).on_never_told || reminder->steps().empty()) return;
  const record::v1::NeverTold untold = UntoldOf(context.row.history);
  std::vector<std::string> names;
  for (const auto& message : untold.messages()) names.push_back(WordsFor(context, message));
  for (const auto& visit : untold.appointments()) names.push_back(absl::StrCat("the new time of ", visit.visit()));
  const size_t more = names.size() > kMost ? names.size() - kMost : 0;
  names.resize(names.size() - more);
  if (names.empty()) return;
  absl::StrAppend(reminder->mutable_steps(0)->mutable_description(), " Untold, by the names before the change: ",
                  absl::StrJoin(names, ", "), more > 0 ? absl::StrCat(" and ", more, " more") : "", ".");
}

}  // namespace

absl::Status ReminderNotFound(const store::ReminderKey& key) {
  return ResourceNotFound("REMINDER_NOT_FOUND", ReminderNameOf(key));
}

namespace {

// FindReminder, given the enrollment's plan.
absl::StatusOr<FoundReminder> FindInPlan(store::ReadTransaction& tx, const EnrollmentContext& context,
                                         const plan::Plan& plan, const store::ReminderKey& key) {
  FoundReminder found{key, std::nullopt, std::nullopt};
  auto row = tx.GetReminder(key, context.row.row_id);
  if (!row.ok()) return row.status();
  plan::Occurrence occurrence;
  if (row->has_value()) {
    const auto cover = CoverOf(context, **row);
    if (cover && plan.FindNamed(cover->rule, cover->code, &occurrence)) found.occurrence = occurrence;
    found.row = **std::move(row);
    return found;
  }
  if (!FindByName(context, plan, key, &occurrence)) return ReminderNotFound(key);
  const OccurrenceKey planned = KeyOf(context, occurrence);
  found.occurrence = occurrence;
  // If nothing was ever changed, only a row of this very name could stand for the occurrence.
  const bool is_unchanged = context.row.history.ByteSizeLong() == 0 && !context.row.compare_rows_until;
  if (is_unchanged && !IsStale(context) && planned.code == key.code) return found;
  auto rows = RowsOf(tx, context, {});
  if (!rows.ok()) return rows.status();
  // A name with a count is only that of a reminder that has it.
  const bool has_count = plan::WithoutCount(key.code) != key.code;
  for (store::ReminderRow& candidate : *rows) {
    if (CoverOf(context, candidate) != planned) continue;
    if (has_count) return ReminderNotFound(key);
    found.key = candidate.key;
    found.row = std::move(candidate);
    return found;
  }
  found.key.code = TakenNames(*rows).FreeCode(key.rule, planned.code);
  if (has_count && found.key.code != key.code) return ReminderNotFound(key);
  return found;
}

}  // namespace

absl::StatusOr<FoundReminder> FindReminder(store::ReadTransaction& tx, const EnrollmentContext& context,
                                           const store::ReminderKey& key) {
  return FindInPlan(tx, context, plan::Plan(*context.pathway, context.facts), key);
}

absl::StatusOr<v1::Reminder> ReadReminder(EngineContext& engine, store::ReadTransaction& tx,
                                          const store::ReminderKey& key) {
  auto clinic = RequireClinic(tx, key.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, key.clinic, key.enrollment);
  if (!context.ok()) return context.status();
  return ReadReminder(engine, tx, *clinic, *context, key);
}

absl::StatusOr<v1::Reminder> ReadReminder(EngineContext& engine, store::ReadTransaction& tx,
                                          const store::ClinicRow& clinic, const EnrollmentContext& context,
                                          const store::ReminderKey& key) {
  const plan::Plan plan(*context.pathway, context.facts);
  auto found = FindInPlan(tx, context, plan, key);
  if (!found.ok()) return found.status();
  v1::Reminder reminder =
      found->row ? StoredToProto(context, clinic.data, *found->row)
                 : DerivedToProto(context, clinic.data, *found->occurrence, found->key.code, engine.Now(clinic));
  std::optional<OccurrenceKey> occurrence;
  if (found->occurrence) occurrence = KeyOf(context, *found->occurrence);
  AddSteps(context, clinic.data, plan, occurrence, found->row && IsTimeByHand(*found->row), &reminder);
  if (found->row) ShowLeasedMessages(context, *found->row, &reminder);
  if (reminder.leased_messages().empty()) return reminder;
  const auto history = ConsentHistoryOf(tx, key.clinic, context.row.data.patient());
  if (!history.ok()) return history.status();
  ShowConsents(*history, context.row.enrollment, &reminder);
  return reminder;
}

void AddSteps(const EnrollmentContext& context, const v1::Clinic& clinic, const plan::Plan& plan,
              const std::optional<OccurrenceKey>& key, bool moved, v1::Reminder* reminder) {
  const OccurrenceKey occurrence = key.value_or(OccurrenceKey());
  plan::AddSteps(*context.pathway, context.facts, plan::ClinicFactsOf(clinic), plan, occurrence.rule, occurrence.code,
                 moved, reminder);
  AddUntold(context, occurrence, reminder);
}

v1::Reminder DerivedToProto(const EnrollmentContext& context, const v1::Clinic& clinic,
                            const plan::Occurrence& occurrence, int64_t code, absl::Time now) {
  v1::Reminder reminder;
  plan::Describe(*context.pathway, context.facts, occurrence, now, &reminder);
  reminder.set_name(ReminderNameOf({context.row.clinic, context.row.enrollment,
                                    context.pathway->rule_source(occurrence.rule).id(), code}));
  const ReminderStatus status = DerivedStatus(context, occurrence, now);
  reminder.set_state(status.state);
  reminder.set_reason(status.reason);
  reminder.clear_state_time();
  if (status.since > absl::InfinitePast()) plan::SetTimestamp(status.since, reminder.mutable_state_time());
  AddPatient(context, clinic, *context.pathway, occurrence, PlannedChannel(context, reminder.audience()), &reminder);
  reminder.set_cause(CauseOf(context, occurrence));
  reminder.set_conditional(reminder.conditional() && status.state == v1::REMINDER_STATE_SCHEDULED);
  return reminder;
}

v1::Reminder StoredToProto(const EnrollmentContext& context, const v1::Clinic& clinic, const store::ReminderRow& row) {
  const plan::Occurrence occurrence = OccurrenceOf(context, row);
  const plan::CompiledPathway& pathway = **RuleOf(context, row).pathway;
  v1::Reminder reminder;
  plan::Describe(pathway, context.facts, occurrence, row.state_time, &reminder);
  reminder.set_name(ReminderNameOf(row.key));
  reminder.set_state(row.state);
  reminder.set_reason(ShownReason(context, row));
  plan::SetTimestamp(row.state_time, reminder.mutable_state_time());
  reminder.set_attempts(row.attempts);
  ShowEscalation(context, row, &reminder);
  ShowAnswer(RuleOf(context, row).compiled(), row, &reminder);
  AddPatient(context, clinic, pathway, occurrence, StoredChannel(context, row), &reminder);
  ShowSentText(context, row, &reminder);
  reminder.set_cause(CauseOf(context, row));
  *reminder.mutable_observations() = RecordOf(row).observations();
  const bool has_conditions = !RuleOf(context, row).compiled().observed.empty();
  reminder.set_conditional(has_conditions && row.state == v1::REMINDER_STATE_SCHEDULED);
  return reminder;
}

}  // namespace aftercare::engine
