#include "scheduler/engine/lifecycle/leased_text.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/team_notices.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// Returns the pathway of a revision. Null if the enrollment was never on it.
const plan::CompiledPathway* PathwayOf(const EnrollmentContext& context, int32_t revision) {
  if (context.row.data.pathway_revision() == revision) return context.pathway.get();
  for (const auto& [number, pathway] : context.earlier_revisions) {
    if (number == revision) return pathway.get();
  }
  return nullptr;
}

// The values of the text's placeholders. The rule may be of an earlier revision, which has visits of its own.
std::vector<std::string> ValuesOf(const EnrollmentContext& context, const v1::Clinic& clinic, const RowRule& rule,
                                  const plan::Occurrence& occurrence) {
  const plan::CompiledPathway& pathway = **rule.pathway;
  const plan::ClinicFacts clinic_facts = plan::ClinicFactsOf(clinic);
  if (&pathway == context.pathway.get()) {
    return plan::TextValues(pathway, context.facts, context.row.data, clinic_facts, occurrence);
  }
  return plan::TextValues(pathway, FactsUnder(context, pathway), context.row.data, clinic_facts, occurrence);
}

}  // namespace

plan::PatientFacts FactsUnder(const EnrollmentContext& context, const plan::CompiledPathway& earlier) {
  plan::PatientFacts facts = context.facts;
  facts.visits =
      plan::VisitsOf(earlier, facts.procedure_date, facts.zone, facts.setting.calendar.get(), context.row.history);
  return facts;
}

record::v1::LeasedAttempt PresentAttempt(const EnrollmentContext& context, const v1::Clinic& clinic,
                                         const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  const v1::Enrollment& enrollment = context.row.data;
  record::v1::LeasedAttempt attempt;
  const bool is_task = rule.compiled().audience == v1::AUDIENCE_CARE_TEAM;
  if (is_task) {
    const v1::ContactPoint* const point = TeamContactPoint(context, clinic, row);
    if (point != nullptr) *attempt.mutable_contact_point() = *point;
    attempt.set_escalation_step(TeamOf(context, row).step);
  } else if (row.contact_point < enrollment.contact_points_size()) {
    *attempt.mutable_contact_point() = enrollment.contact_points(row.contact_point);
  }
  const bool is_present = rule.pathway == &context.pathway;
  attempt.set_pathway_revision(is_present ? enrollment.pathway_revision() : row.revision);
  const bool discreet = !is_task && plan::GetsDiscreetTexts(enrollment) && !rule.compiled().discreet_texts.empty();
  attempt.set_discreet(discreet);
  // Tasks are read by the clinic's staff, not by the patient.
  const std::string& locale = is_task ? (*rule.pathway)->source().default_locale() : enrollment.locale();
  attempt.set_locale((*rule.pathway)->TextFor(rule.rule, locale, discreet).locale);
  for (std::string& value : ValuesOf(context, clinic, rule, OccurrenceOf(context, row))) {
    attempt.add_values(std::move(value));
  }
  return attempt;
}

void AppendAttempt(const record::v1::LeasedAttempt& attempt, store::ReminderRow* row) {
  // The bytes of two messages, one after the other, are those of one message with the lists of both.
  record::v1::ReminderRecord added;
  *added.add_attempts() = attempt;
  added.AppendToString(&row->record);
}

std::string TextOf(const EnrollmentContext& context, const store::ReminderRow& row,
                   const record::v1::LeasedAttempt& attempt) {
  const plan::CompiledPathway* const pathway = PathwayOf(context, attempt.pathway_revision());
  const int rule = pathway == nullptr ? -1 : pathway->FindRule(row.key.rule);
  if (rule < 0) return "";
  const std::vector<std::string> values(attempt.values().begin(), attempt.values().end());
  std::string text = plan::FillText(*pathway, rule, attempt.locale(), values, attempt.discreet());
  if (!attempt.quote().empty()) absl::StrAppend(&text, "\n\"", attempt.quote(), "\"");
  return text;
}

bool HasPresentText(const EnrollmentContext& context, const v1::Clinic& clinic, const store::ReminderRow& row) {
  const record::v1::ReminderRecord record = RecordOf(row);
  if (record.attempts().empty()) return true;
  const record::v1::LeasedAttempt& last = *record.attempts().rbegin();
  record::v1::LeasedAttempt present = PresentAttempt(context, clinic, row);
  if (last.discreet() && !present.discreet()) {
    // A patient who has agreed to health information since may have got the version without it.
    EnrollmentContext before = context;
    before.row.data.clear_consent_decisions();
    present = PresentAttempt(before, clinic, row);
  }
  return TextOf(context, row, last) == TextOf(context, row, present);
}

void ShowSentText(const EnrollmentContext& context, const store::ReminderRow& row, v1::Reminder* reminder) {
  const bool was_sent = StandingOf(row) == plan::Standing::kTold || row.reason == v1::REMINDER_REASON_BOUNCED;
  if (row.attempts == 0 || !was_sent) return;
  const record::v1::ReminderRecord record = RecordOf(row);
  if (!record.attempts().empty()) reminder->set_text(TextOf(context, row, *record.attempts().rbegin()));
}

void ShowLeasedMessages(const EnrollmentContext& context, const store::ReminderRow& row, v1::Reminder* reminder) {
  const record::v1::ReminderRecord record = RecordOf(row);
  for (const record::v1::LeasedAttempt& attempt : record.attempts()) {
    v1::LeasedMessage& message = *reminder->add_leased_messages();
    message.set_attempt(attempt.attempt());
    plan::SetTimestamp(absl::FromUnixMicros(attempt.lease_micros()), message.mutable_lease_time());
    *message.mutable_contact_point() = attempt.contact_point();
    message.set_locale(attempt.locale());
    message.set_text(TextOf(context, row, attempt));
    message.set_discreet(attempt.discreet());
  }
}

}  // namespace aftercare::engine
