#include "scheduler/engine/lifecycle/supersession.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/transitions.h"

namespace aftercare::engine {
namespace {

// Returns whether the row's occurrence has come due. What was called off, or held back by a pause, never came due.
bool HasComeDue(const store::ReminderRow& row, absl::Time now) {
  return row.state != v1::REMINDER_STATE_SCHEDULED && row.state != v1::REMINDER_STATE_CANCELLED &&
         row.reason != v1::REMINDER_REASON_PAUSED && row.due <= now;
}

}  // namespace

Supersession::Supersession(const EnrollmentContext& context, absl::Span<const plan::Occurrence> due,
                           const std::vector<store::ReminderRow>& rows, absl::Time now) {
  // What was completed ahead of time, or called off, has its row already and does not come due now.
  absl::flat_hash_set<std::pair<absl::string_view, int>> recorded;
  for (const store::ReminderRow& row : rows) {
    if (row.state != v1::REMINDER_STATE_SCHEDULED) recorded.insert({row.key.rule, row.key.number});
  }
  for (const plan::Occurrence& occurrence : due) {
    const std::string& rule = context.pathway->rule_source(occurrence.rule).id();
    if (!recorded.contains({rule, occurrence.number})) Add(occurrence.rule, occurrence.due, occurrence.number);
  }
  // Where days have moved, what came due before may be newer than what comes due only now.
  for (const store::ReminderRow& row : rows) {
    const int rule = context.pathway->FindRule(row.key.rule);
    if (newest_.contains(rule) && HasComeDue(row, now)) Add(rule, row.due, row.key.number);
  }
}

void Supersession::Add(int rule, absl::Time due, int number) {
  const auto [newest, added] = newest_.try_emplace(rule, due, number);
  if (!added) newest->second = std::max(newest->second, {due, number});
}

bool Supersession::Supersedes(int rule, absl::Time due, int number) const {
  const auto newest = newest_.find(rule);
  return newest != newest_.end() && DueAndNumber(due, number) < newest->second;
}

absl::Status SupersedeRows(store::WriteTransaction& tx, const EnrollmentContext& context,
                           const Supersession& supersession, absl::Time now, std::vector<store::ReminderRow>* rows) {
  for (store::ReminderRow& row : *rows) {
    const int rule = context.pathway->FindRule(row.key.rule);
    if (!IsOpen(row.state) || !supersession.Supersedes(rule, row.due, row.key.number)) continue;
    absl::Status status = EndUnsentReminder(tx, context, ReminderEvent::kSupersede,
                                            v1::REMINDER_REASON_SUPERSEDED, now, &row);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace aftercare::engine
