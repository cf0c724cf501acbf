#include "scheduler/engine/planning/firing.h"

#include <utility>

#include "scheduler/engine/planning/due_occurrences.h"
#include "scheduler/engine/planning/ending.h"
#include "scheduler/engine/planning/replanning.h"

namespace aftercare::engine {
namespace {

// Returns what comes due by the plan from next_due to `now`, and moves next_due on.
std::vector<plan::Occurrence> TakeDue(EnrollmentContext* context, absl::Time now) {
  store::EnrollmentRow& row = context->row;
  plan::Plan plan(*context->pathway, context->facts);
  plan.Seek(*row.next_due);
  row.next_due.reset();
  std::vector<plan::Occurrence> due;
  for (plan::Occurrence occurrence; !row.next_due && plan.Next(&occurrence);) {
    if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) continue;
    if (occurrence.due > now) {
      row.next_due = occurrence.due;
    } else {
      due.push_back(occurrence);
    }
  }
  ComeDueAtEnd(*context, &row.next_due);
  return due;
}

absl::StatusOr<Fired> FireNew(store::WriteTransaction& tx, const EnrollmentContext& context,
                              const std::vector<plan::Occurrence>& occurrences, absl::Time now) {
  std::vector<DueOccurrence> due;
  due.reserve(occurrences.size());
  for (const plan::Occurrence& occurrence : occurrences)
    due.push_back({occurrence, nullptr, plan::NameCodeOf(*context.pathway, occurrence)});
  return FireOccurrences(tx, context, due, /*rows=*/nullptr, now);
}

}  // namespace

absl::StatusOr<int64_t> FireEnrollment(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now) {
  const store::WithoutActor by_time(tx);
  store::EnrollmentRow& row = context->row;
  if (IsStale(*context)) return Replan(tx, context, now);
  if (!row.next_due || *row.next_due > now) return 0;
  if (row.compare_rows_until) return Replan(tx, context, now, Occasion::kComesDue);
  const std::vector<plan::Occurrence> due = TakeDue(context, now);
  if (absl::Status status = tx.SetNextDue(row); !status.ok()) return status;
  auto fired = FireNew(tx, *context, due, now);
  if (!fired.ok()) return fired.status();
  return FinishFiring(tx, *fired, now, context);
}

std::optional<FiringPlan> PlanFiring(EnrollmentContext context, absl::Time now) {
  const store::RowVersion planned_from = context.row.row_version();
  if (IsStale(context) || planned_from.compare_rows_until) return std::nullopt;
  if (!planned_from.next_due || *planned_from.next_due > now || EndsAt(context) <= now) return std::nullopt;
  std::vector<plan::Occurrence> due = TakeDue(&context, now);
  return FiringPlan{std::make_shared<const EnrollmentContext>(std::move(context)), planned_from, std::move(due)};
}

absl::StatusOr<std::optional<int64_t>> FirePlanned(store::WriteTransaction& tx, const FiringPlan& plan,
                                                   absl::Time now) {
  auto moved = tx.MoveNextDue(plan.context->row, plan.planned_from);
  if (!moved.ok()) return moved.status();
  if (!*moved) return std::nullopt;
  auto fired = FireNew(tx, *plan.context, plan.due, now);
  if (!fired.ok()) return fired.status();
  if (fired->reactions.empty() && fired->postponed.empty()) return fired->count;
  EnrollmentContext context = *plan.context;
  auto count = FinishFiring(tx, *fired, now, &context);
  if (!count.ok()) return count.status();
  return *count;
}

}  // namespace aftercare::engine
