#include "scheduler/engine/planning/observed_conditions.h"

#include <optional>

#include "absl/time/civil_time.h"
#include "scheduler/engine/lifecycle/asking_messages.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/plan/answers/observed.h"

namespace aftercare::engine {
namespace {

// Returns the answer that a row has, as an answer to the rule of that id in the present pathway. Nothing if it has
// none, or if the present rule asks for another kind of answer.
std::optional<plan::PastAnswer> AnswerOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  const int rule = context.pathway->FindRule(row.key.rule);
  if (rule < 0 || row.state != v1::REMINDER_STATE_COMPLETED) return std::nullopt;
  const v1::AnswerKind kind = RuleOf(context, row).compiled().answer;
  if (kind == v1::ANSWER_KIND_UNSPECIFIED || kind != context.pathway->rule(rule).answer) return std::nullopt;
  // What the clinic completed without an answer was done.
  if (kind == v1::ANSWER_KIND_DONE) return plan::PastAnswer{rule, row.state_time, row.score.value_or(1)};
  if (!row.score) return std::nullopt;
  return plan::PastAnswer{rule, row.state_time, *row.score};
}

bool WasTold(const store::ReminderRow& row) {
  return row.state == v1::REMINDER_STATE_SENT || row.state == v1::REMINDER_STATE_DELIVERED ||
         row.state == v1::REMINDER_STATE_COMPLETED;
}

}  // namespace

std::vector<v1::Observation> ObserveConditions(const EnrollmentContext& context, int rule,
                                               const std::vector<store::ReminderRow>& rows, absl::Time now) {
  plan::Observed observed;
  std::vector<store::ReminderRow> told;
  for (const store::ReminderRow& row : rows) {
    if (WasTold(row)) told.push_back(row);
    if (const auto answer = AnswerOf(context, row)) observed.answers.push_back(*answer);
  }
  observed.messages = AskingMessagesOf(context, told);
  observed.last_day = absl::ToCivilDay(now, context.facts.zone) - 1;
  return plan::Observe(*context.pathway, rule, observed);
}

void NoteObservations(const std::vector<v1::Observation>& observations, store::ReminderRow* row) {
  if (observations.empty()) return;
  record::v1::ReminderRecord record = RecordOf(*row);
  record.mutable_observations()->Assign(observations.begin(), observations.end());
  row->record = record.SerializeAsString();
}

}  // namespace aftercare::engine
