#include "scheduler/engine/planning/supersession.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/planning/message_caps.h"

namespace aftercare::engine {
namespace {

// Returns whether the row's occurrence has come due and may supersede others. What was called off, or held back by a
// pause, never came due. What something newer superseded, or was sent about a procedure that was then postponed, does
// not count.
bool HasComeDue(const EnrollmentContext& context, const store::ReminderRow& row, absl::Time now) {
  return row.state != v1::REMINDER_STATE_SCHEDULED && row.state != v1::REMINDER_STATE_CANCELLED &&
         row.reason != v1::REMINDER_REASON_PAUSED && row.reason != v1::REMINDER_REASON_SUPERSEDED && row.due <= now &&
         StandsForProcedure(context, row);
}

}  // namespace

SupersedingRule SupersedingRuleOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  if (rule.rule < 0) return {row.key.rule, row.key.rule, false};
  return {rule.compiled().series, rule.source().id(), rule.compiled().supersede};
}

SupersedingRule SupersedingRuleOf(const EnrollmentContext& context, const DueOccurrence& due) {
  if (due.row != nullptr) return SupersedingRuleOf(context, *due.row);
  const plan::CompiledRule& rule = context.pathway->rule(due.occurrence.rule);
  return {rule.series, context.pathway->rule_source(due.occurrence.rule).id(), rule.supersede};
}

absl::Time PlannedDue(const DueOccurrence& due) {
  return due.row == nullptr ? due.occurrence.due : DueBeforeCaps(*due.row);
}

Supersession::Supersession(const EnrollmentContext& context, const std::vector<DueOccurrence>& due,
                           const std::vector<store::ReminderRow>& rows, absl::Time now) {
  // What was completed ahead of time, or called off, has its row already and does not come due now.
  absl::flat_hash_set<std::pair<absl::string_view, int64_t>> recorded;
  for (const store::ReminderRow& row : rows) {
    if (row.state != v1::REMINDER_STATE_SCHEDULED) recorded.insert({row.key.rule, row.key.code});
  }
  const auto comes_due = [&](const SupersedingRule& rule, const DueOccurrence& one) {
    return !recorded.contains({rule.rule, one.code});
  };
  for (const DueOccurrence& one : due) {
    const SupersedingRule rule = SupersedingRuleOf(context, one);
    if (rule.supersedes && comes_due(rule, one)) latest_.try_emplace(rule.series, absl::InfinitePast());
  }
  for (const DueOccurrence& one : due) {
    const SupersedingRule rule = SupersedingRuleOf(context, one);
    if (latest_.contains(rule.series) && comes_due(rule, one)) Add(rule, PlannedDue(one), one.code);
  }
  // Where days have moved, what came due before may be newer than what comes due only now.
  for (const store::ReminderRow& row : rows) {
    const SupersedingRule rule = SupersedingRuleOf(context, row);
    if (latest_.contains(rule.series) && HasComeDue(context, row, now)) Add(rule, DueBeforeCaps(row), row.key.code);
  }
}

void Supersession::Add(const SupersedingRule& rule, absl::Time due, int64_t code) {
  const auto [latest, is_first] = latest_.try_emplace(rule.series, due);
  if (!is_first) latest->second = std::max(latest->second, due);
  const auto [newest, added] = newest_.try_emplace(rule.rule, due, code);
  if (!added) newest->second = std::max(newest->second, {due, code});
}

bool Supersession::Supersedes(const SupersedingRule& rule, absl::Time due, int64_t code) const {
  const auto latest = latest_.find(rule.series);
  if (!rule.supersedes || latest == latest_.end()) return false;
  if (due < latest->second) return true;
  const auto newest = newest_.find(rule.rule);
  return newest != newest_.end() && std::pair(due, code) < newest->second;
}

absl::Status SupersedeRows(store::WriteTransaction& tx, const EnrollmentContext& context,
                           const Supersession& supersession, absl::Time now, std::vector<store::ReminderRow>* rows) {
  for (store::ReminderRow& row : *rows) {
    if (!IsOpen(row.state)) continue;
    if (!supersession.Supersedes(SupersedingRuleOf(context, row), DueBeforeCaps(row), row.key.code)) continue;
    absl::Status status = EndUnsentReminder(tx, context, ReminderEvent::kSupersede,
                                            v1::REMINDER_REASON_SUPERSEDED, now, &row);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace aftercare::engine
