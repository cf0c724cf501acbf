#include "scheduler/engine/lifecycle/replanning.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "scheduler/engine/lifecycle/due_occurrences.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/retry_policy.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/plan.h"

namespace aftercare::engine {
namespace {

// Compares the rows of an enrollment with its plan. One use.
class Replanner {
 public:
  Replanner(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now,
            std::vector<store::ReminderRow>* rows)
      : tx_(tx), context_(*context), enrollment_(context->row), now_(now), rows_(*rows) {
    for (store::ReminderRow& row : rows_) {
      rows_by_key_[{context->pathway->FindRule(row.key.rule), row.key.number}] = &row;
    }
  }

  absl::StatusOr<int64_t> Run() {
    enrollment_.next_due.reset();
    enrollment_.compare_rows_until.reset();
    if (absl::Status status = FollowPlan(); !status.ok()) return status;
    for (store::ReminderRow& row : rows_) {
      if (row.state == v1::REMINDER_STATE_SCHEDULED && !follows_plan_.contains(&row)) {
        Schedule(OccurrenceOf(context_, row), &row);
      }
    }
    if (absl::Status status = UpdateAvailability(); !status.ok()) return status;
    if (absl::Status status = UpdateWindows(); !status.ok()) return status;
    if (!running()) enrollment_.next_due.reset();
    enrollment_.plan_fingerprint = context_.plan_fingerprint;
    if (absl::Status status = tx_.UpdateEnrollment(enrollment_); !status.ok()) return status;
    std::sort(due_.begin(), due_.end(), [](const DueOccurrence& a, const DueOccurrence& b) {
      return std::tie(a.occurrence.due, a.occurrence.rule, a.occurrence.number) <
             std::tie(b.occurrence.due, b.occurrence.rule, b.occurrence.number);
    });
    return FireOccurrences(tx_, context_, due_, &rows_, now_);
  }

 private:
  bool running() const { return enrollment_.state == v1::ENROLLMENT_STATE_ACTIVE; }

  // Returns whether the enrollment's facts were ever changed, or it was paused. If so, NeedsRowLookup holds for all
  // missed occurrences anyway.
  bool has_history() const { return enrollment_.history.ByteSizeLong() > 0; }

  absl::Status FollowPlan() {
    plan::Plan plan(*context_.pathway, context_.facts);
    for (plan::Occurrence occurrence; plan.Next(&occurrence);) {
      if (occurrence.missed == v1::REMINDER_REASON_UNSPECIFIED) {
        if (absl::Status status = FollowPlan(occurrence); !status.ok()) return status;
      } else if (rows_by_key_.contains({occurrence.rule, occurrence.number}) && !has_history()) {
        // It came due in time, and a later change of the calendar or of the zone's rules says it was missed.
        CompareRowsUntil(occurrence.due);
      }
    }
    return absl::OkStatus();
  }

  absl::Status FollowPlan(const plan::Occurrence& occurrence) {
    const auto found = rows_by_key_.find({occurrence.rule, occurrence.number});
    if (found == rows_by_key_.end()) {
      Schedule(occurrence, nullptr);
      return absl::OkStatus();
    }
    store::ReminderRow& row = *found->second;
    if (row.state != v1::REMINDER_STATE_SCHEDULED || row.moved) {
      if (occurrence.due > now_ && occurrence.due != row.due) CompareRowsUntil(occurrence.due);
      return absl::OkStatus();
    }
    follows_plan_.insert(&row);
    if (row.due != occurrence.due || row.expire != occurrence.expire) {
      row.due = occurrence.due;
      row.expire = occurrence.expire;
      if (absl::Status status = StoreReminder(tx_, context_, row, now_); !status.ok()) return status;
    }
    Schedule(occurrence, &row);
    return absl::OkStatus();
  }

  // Has the sweeper watch the windows of scheduled rows while the enrollment is paused: what a pause holds back is
  // missed when its window closes.
  absl::Status UpdateWindows() {
    for (store::ReminderRow& row : rows_) {
      if (row.state != v1::REMINDER_STATE_SCHEDULED) continue;
      std::optional<absl::Time> closes;
      if (!running()) closes = row.expire;
      if (row.closes == closes) continue;
      row.closes = closes;
      if (absl::Status status = tx_.UpdateReminder(row); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Makes available again, after its retry pause, what was put off until contact hours open: they may be others now.
  absl::Status UpdateAvailability() {
    for (store::ReminderRow& row : rows_) {
      if (row.state != v1::REMINDER_STATE_DUE || !row.available || *row.available <= now_) continue;
      const absl::Duration pause =
          row.failures == 0 ? absl::ZeroDuration() : RetryPause(row.failures, StableHash(ReminderNameOf(row.key)));
      const absl::Time available = AvailableFrom(row, std::max(now_, row.state_time + pause));
      if (available >= *row.available) continue;
      row.available = available;
      if (absl::Status status = tx_.UpdateReminder(row); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Fires the occurrence if it is due, else lets next_due find it. `row` is its SCHEDULED row, or null.
  void Schedule(const plan::Occurrence& occurrence, store::ReminderRow* row) {
    if (occurrence.due <= now_ && running()) {
      due_.push_back({occurrence, row});
      return;
    }
    if (row != nullptr) CompareRowsUntil(occurrence.due);
    if (occurrence.due <= now_) return CompareRowsUntil(now_);  // a pause holds it back
    enrollment_.next_due = std::min(enrollment_.next_due.value_or(occurrence.due), occurrence.due);
  }

  void CompareRowsUntil(absl::Time time) {
    enrollment_.compare_rows_until = std::max(enrollment_.compare_rows_until.value_or(time), time);
  }

  store::WriteTransaction& tx_;
  EnrollmentContext& context_;
  store::EnrollmentRow& enrollment_;
  const absl::Time now_;
  std::vector<store::ReminderRow>& rows_;
  absl::flat_hash_map<std::pair<int, int>, store::ReminderRow*> rows_by_key_;  // by rule and number
  absl::flat_hash_set<const store::ReminderRow*> follows_plan_;
  std::vector<DueOccurrence> due_;
};

}  // namespace

absl::StatusOr<int64_t> Replan(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now) {
  auto rows = RowsOf(tx, *context, {});
  if (!rows.ok()) return rows.status();
  return Replan(tx, context, &*rows, now);
}

absl::StatusOr<int64_t> Replan(store::WriteTransaction& tx, EnrollmentContext* context,
                               std::vector<store::ReminderRow>* rows, absl::Time now) {
  return Replanner(tx, context, now, rows).Run();
}

absl::Status ReplanStaleEnrollments(EngineContext& engine, store::WriteTransaction& tx, int limit,
                                    store::ClinicRow* row) {
  store::EnrollmentQuery query;
  query.clinic = row->clinic;
  query.after = *row->replan_after;
  query.limit = limit;
  auto enrollments = tx.ListEnrollments(query);
  if (!enrollments.ok()) return enrollments.status();
  row->replan_after.reset();
  if (static_cast<int>(enrollments->size()) == limit) row->replan_after = enrollments->back().enrollment;
  for (store::EnrollmentRow& enrollment : *enrollments) {
    if (enrollment.state == v1::ENROLLMENT_STATE_ENDED) continue;
    auto context = MakeEnrollmentContext(engine, tx, std::move(enrollment));
    if (!context.ok()) return context.status();
    if (!IsStale(*context)) continue;
    if (auto fired = Replan(tx, &*context, engine.Now(*row)); !fired.ok()) return fired.status();
  }
  return tx.UpdateClinic(*row);
}

}  // namespace aftercare::engine
