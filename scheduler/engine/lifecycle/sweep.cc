#include "scheduler/engine/lifecycle/sweep.h"

#include <algorithm>
#include <utility>

#include "scheduler/engine/lifecycle/reminder_changes.h"

namespace aftercare::engine {
namespace {

absl::Status Expire(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx, absl::Time now,
                    store::ReminderRow* row) {
  auto context = cache.Require(engine, tx, row->key.clinic, row->key.enrollment, row->enrollment_row_id);
  if (!context.ok()) return context.status();
  return (*context)->row.state == v1::ENROLLMENT_STATE_PAUSED
             ? ChangeReminder(tx, **context, ReminderEvent::kSuppress, v1::REMINDER_REASON_PAUSED, now, row)
             : ChangeReminder(tx, **context, ReminderEvent::kExpire, v1::REMINDER_REASON_WINDOW_CLOSED, now, row);
}

absl::Status FireAsPlanned(store::WriteTransaction& tx, const SweepPlan& plan, absl::Time now, SweepResult* result) {
  for (const FiringPlan& firing : plan.firing) {
    auto fired = FirePlanned(tx, firing, now);
    if (!fired.ok()) return fired.status();
    if (!fired->has_value()) continue;  // the enrollment has changed: if it is still due, FireDue finds it
    result->fired += **fired;
    result->contexts.push_back(firing.context);
  }
  return absl::OkStatus();
}

absl::Status FireDue(EngineContext& engine, store::WriteTransaction& tx, const SweepScope& scope, int limit,
                     SweepResult* result) {
  auto due = tx.DueEnrollments(scope.clock, scope.now, /*after=*/std::nullopt, limit);
  if (!due.ok()) return due.status();
  for (store::EnrollmentRow& row : *due) {
    auto context = MakeEnrollmentContext(engine, tx, std::move(row));
    if (!context.ok()) return context.status();
    auto fired = FireEnrollment(tx, &*context, scope.now);
    if (!fired.ok()) return fired.status();
    result->fired += *fired;
    result->contexts.push_back(std::make_shared<const EnrollmentContext>(*std::move(context)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PlanSweep(EngineContext& engine, store::ReadTransaction& tx, const SweepScope& scope,
                       const std::optional<store::SchedulePosition>& after, SweepPlan* plan) {
  *plan = SweepPlan{.now = scope.now};
  auto due = tx.DueEnrollments(scope.clock, scope.now, after, scope.limit);
  if (!due.ok()) return due.status();
  if (static_cast<int>(due->size()) == scope.limit) plan->end = {*due->back().next_due, due->back().row_id};
  for (store::EnrollmentRow& row : *due) {
    auto context = MakeEnrollmentContext(engine, tx, std::move(row));
    if (!context.ok()) return context.status();
    if (auto firing = PlanFiring(*std::move(context), scope.now)) plan->firing.push_back(*std::move(firing));
  }
  return absl::OkStatus();
}

absl::StatusOr<SweepResult> Sweep(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx,
                                  const SweepScope& scope, const SweepPlan& plan) {
  SweepResult result;
  auto expired = tx.ExpiredReminders(scope.clock, scope.now, scope.limit);
  if (!expired.ok()) return expired.status();
  for (store::ReminderRow& row : *expired) {
    if (absl::Status status = Expire(engine, cache, tx, scope.now, &row); !status.ok()) return status;
  }
  result.expired = static_cast<int64_t>(expired->size());
  if (plan.now <= scope.now) {
    if (absl::Status status = FireAsPlanned(tx, plan, scope.now, &result); !status.ok()) return status;
  }
  const int left = scope.limit - static_cast<int>(result.contexts.size());
  if (left > 0) {
    if (absl::Status status = FireDue(engine, tx, scope, left, &result); !status.ok()) return status;
  }
  result.more = static_cast<int>(std::max(expired->size(), result.contexts.size())) >= scope.limit;
  return result;
}

void CacheFiredEnrollments(EnrollmentCache& cache, SweepResult* result) {
  for (auto& context : result->contexts) cache.Put(std::move(context));
  result->contexts.clear();
}

}  // namespace aftercare::engine
