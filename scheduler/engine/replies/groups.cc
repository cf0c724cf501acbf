#include "scheduler/engine/replies/groups.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/planning/answers.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/plan/plan.h"

namespace aftercare::engine {
namespace {

// In a fixed order, so that events come in it.
std::vector<std::pair<OccurrenceKey, v1::ReminderReason>> Sorted(const NeedlessOccurrences& needless) {
  std::vector<std::pair<OccurrenceKey, v1::ReminderReason>> sorted(needless.begin(), needless.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.code, a.first.rule) < std::tie(b.first.code, b.first.rule);
  });
  return sorted;
}

// Cancels what answers make needless and what is not sent yet. Returns whether there was anything.
absl::StatusOr<bool> CancelNeedless(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now) {
  auto rows = RowsOf(tx, context, {});
  if (!rows.ok()) return rows.status();
  NeedlessOccurrences needless = NeedlessByAnswers(context, *rows, now);
  bool any = false;
  for (store::ReminderRow& row : *rows) {
    const auto cover = CoverOf(context, row);
    const auto found = cover ? needless.find(*cover) : needless.end();
    if (found == needless.end()) continue;
    const v1::ReminderReason reason = found->second;
    needless.erase(found);
    if (!IsPending(row.state)) continue;
    absl::Status status = ChangeReminder(tx, context, ReminderEvent::kCancel, reason, now, &row);
    if (!status.ok()) return status;
    any = true;
  }
  // What is left has no row.
  const TakenNames names(*rows);
  const plan::Plan plan(*context.pathway, context.facts);
  for (const auto& [key, reason] : Sorted(needless)) {
    plan::Occurrence occurrence;
    if (!plan.FindNamed(key.rule, key.code, &occurrence)) continue;
    const ReminderStatus status = DerivedStatus(context, occurrence, now);
    if (status.state != v1::REMINDER_STATE_SCHEDULED && !IsHeldByContactHours(status)) continue;
    const int64_t code = names.FreeCode(context.pathway->rule_source(key.rule).id(), key.code);
    store::ReminderRow row = NewReminderRow(context, occurrence, code);
    auto inserted = InsertReminder(tx, context, ReminderEvent::kCancel, reason, now, &row);
    if (!inserted.ok()) return inserted.status();
    any = true;
  }
  return any;
}

}  // namespace

absl::Status ApplyAnswerToGroup(store::WriteTransaction& tx, const store::ReminderKey& answered, absl::Time now,
                                EnrollmentContext* context) {
  const int rule = context->pathway->FindRule(answered.rule);
  if (rule < 0 || context->pathway->rule(rule).group < 0) return absl::OkStatus();
  if (context->row.state == v1::ENROLLMENT_STATE_ENDED) return absl::OkStatus();
  if (auto fired = FireEnrollment(tx, context, now); !fired.ok()) return fired.status();
  if (context->row.state == v1::ENROLLMENT_STATE_ENDED) return absl::OkStatus();  // By itself.
  auto cancelled = CancelNeedless(tx, *context, now);
  if (!cancelled.ok()) return cancelled.status();
  return *cancelled ? Replan(tx, context, now).status() : absl::OkStatus();
}

}  // namespace aftercare::engine
