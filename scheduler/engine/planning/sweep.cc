#include "scheduler/engine/planning/sweep.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"

namespace aftercare::engine {
namespace {

constexpr int kOfUnplannedClinics = 32;  // beyond the limit: few enough to hold nobody up

// Goes the steps of a task. The pause of an enrollment holds back what the patient gets, not what the care team has to
// do.
absl::Status Escalate(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now,
                      store::ReminderRow* row, SweepResult* result) {
  const bool changed = WatchDeadline(context, row);
  auto steps = EscalateOverdue(tx, context, now, row);
  if (!steps.ok()) return steps.status();
  result->escalated += *steps;
  // A row that need not be watched must not be found again.
  return changed && *steps == 0 ? tx.UpdateReminder(*row) : absl::OkStatus();
}

// Closes the window of a reminder or, if it is a task, goes the escalation steps that are overdue.
absl::Status Close(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx, absl::Time now,
                   store::ReminderRow* row, SweepResult* result) {
  auto context = cache.Require(engine, tx, row->key.clinic, row->key.enrollment, row->enrollment_row_id);
  if (!context.ok()) return context.status();
  if (!WindowHasClosed(**context, *row, now)) return Escalate(tx, **context, now, row, result);
  ++result->expired;
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

// The enrollments of some clinics of which something is due, read clinic by clinic.
class DueSource : public FairSource {
 public:
  // Reads each clinic from its place in `positions` on, and moves that on. The references must outlive this.
  DueSource(store::ReadTransaction& tx, const SweepScope& scope, std::vector<std::string> clinics,
            SweepPositions& positions)
      : tx_(tx), scope_(scope), clinics_(std::move(clinics)), positions_(positions) {}

  absl::StatusOr<std::optional<std::string>> NextClinic(const std::string& after) override {
    auto next = std::find(clinics_.begin(), clinics_.end(), after);
    next = next == clinics_.end() ? clinics_.begin() : next + 1;
    return next == clinics_.end() ? std::optional<std::string>() : *next;
  }

  absl::StatusOr<int> TakeFrom(const std::string& clinic, int max) override {
    std::optional<store::SchedulePosition> after;
    if (const auto found = positions_.find(clinic); found != positions_.end()) after = found->second;
    auto rows = tx_.DueEnrollments(scope_.clock, clinic, scope_.now, after, max);
    if (!rows.ok()) return rows.status();
    if (!rows->empty()) positions_[clinic] = {*rows->back().next_due, rows->back().row_id};
    const int taken = static_cast<int>(rows->size());
    std::move(rows->begin(), rows->end(), std::back_inserter(rows_));
    return taken;
  }

  std::vector<store::EnrollmentRow>& rows() { return rows_; }

 private:
  store::ReadTransaction& tx_;
  const SweepScope& scope_;
  const std::vector<std::string> clinics_;
  SweepPositions& positions_;
  std::vector<store::EnrollmentRow> rows_;
};

// Returns up to `limit` enrollments of the clinics of which something is due, shared fairly.
absl::StatusOr<std::vector<store::EnrollmentRow>> DueOf(store::ReadTransaction& tx, const SweepScope& scope,
                                                        std::vector<std::string> clinics, int limit,
                                                        RoundRobinCursor& last_clinic, SweepPositions& positions) {
  DueSource source(tx, scope, std::move(clinics), positions);
  LookBudget budget(std::numeric_limits<int>::max());
  absl::Status status = ShareFairly(source, limit, last_clinic.last(), last_clinic, budget);
  if (!status.ok()) return status;
  return std::move(source.rows());
}

absl::Status FireDue(EngineContext& engine, store::WriteTransaction& tx, const SweepScope& scope,
                     std::vector<std::string> clinics, int limit, SweepResult* result) {
  RoundRobinCursor from_the_first;
  SweepPositions positions;
  auto due = DueOf(tx, scope, std::move(clinics), limit, from_the_first, positions);
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

// Fires what the plan does not hold: up to the limit of the sweep, or a few of the clinics that are not in the plan.
absl::Status FireUnplanned(EngineContext& engine, store::WriteTransaction& tx, const SweepScope& scope,
                           const SweepPlan& plan, SweepResult* result) {
  auto clinics = tx.ClinicsDue(scope.clock, scope.now);
  if (!clinics.ok()) return clinics.status();
  const int left = scope.limit - static_cast<int>(result->contexts.size());
  if (left > 0) return FireDue(engine, tx, scope, *std::move(clinics), left, result);
  absl::flat_hash_set<absl::string_view> planned;
  for (const FiringPlan& firing : plan.firing) planned.insert(firing.context->row.clinic);
  const auto is_planned = [&](const std::string& clinic) { return planned.contains(clinic); };
  clinics->erase(std::remove_if(clinics->begin(), clinics->end(), is_planned), clinics->end());
  return FireDue(engine, tx, scope, *std::move(clinics), kOfUnplannedClinics, result);
}

}  // namespace

absl::Status PlanSweep(EngineContext& engine, store::ReadTransaction& tx, const SweepScope& scope,
                       const SweepPositions& after, RoundRobinCursor& last_clinic, SweepPlan* plan) {
  *plan = SweepPlan();
  plan->now = scope.now;
  auto clinics = tx.ClinicsDue(scope.clock, scope.now);
  if (!clinics.ok()) return clinics.status();
  SweepPositions positions = after;
  auto due = DueOf(tx, scope, *std::move(clinics), scope.limit, last_clinic, positions);
  if (!due.ok()) return due.status();
  if (static_cast<int>(due->size()) >= scope.limit) plan->end = std::move(positions);
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
  auto closed = tx.ExpiredReminders(scope.clock, scope.now, scope.limit);
  if (!closed.ok()) return closed.status();
  for (store::ReminderRow& row : *closed) {
    if (absl::Status status = Close(engine, cache, tx, scope.now, &row, &result); !status.ok()) return status;
  }
  if (plan.now <= scope.now) {
    if (absl::Status status = FireAsPlanned(tx, plan, scope.now, &result); !status.ok()) return status;
  }
  if (absl::Status status = FireUnplanned(engine, tx, scope, plan, &result); !status.ok()) return status;
  result.more = static_cast<int>(std::max(closed->size(), result.contexts.size())) >= scope.limit;
  return result;
}

void CacheFiredEnrollments(EnrollmentCache& cache, SweepResult* result) {
  for (auto& context : result->contexts) cache.Put(std::move(context));
  result->contexts.clear();
}

}  // namespace aftercare::engine
