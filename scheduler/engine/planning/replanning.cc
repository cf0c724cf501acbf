#include "scheduler/engine/planning/replanning.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/plan_outline.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/retry_policy.h"
#include "scheduler/engine/planning/due_occurrences.h"
#include "scheduler/engine/planning/ending.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/plan.h"

namespace aftercare::engine {
namespace {

// Stores what a Reconciliation says. One use.
class Replanner {
 public:
  Replanner(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now,
            const Reconciliation& reconciliation, std::vector<store::ReminderRow>* rows)
      : tx_(tx),
        context_(*context),
        enrollment_(context->row),
        now_(now),
        reconciliation_(reconciliation),
        rows_(*rows),
        names_(*rows) {}

  absl::StatusOr<int64_t> Run() {
    enrollment_.next_due.reset();
    enrollment_.compare_rows_until.reset();
    if (absl::Status status = StoreRows(); !status.ok()) return status;
    if (absl::Status status = EscalateRows(); !status.ok()) return status;
    for (const PlannedItem& item : reconciliation_.items) {
      if (absl::Status status = FollowPlan(item); !status.ok()) return status;
    }
    ScheduleRows();
    ScheduleEnd();
    if (absl::Status status = UpdateAvailability(); !status.ok()) return status;
    if (absl::Status status = UpdateWindows(); !status.ok()) return status;
    enrollment_.plan_fingerprint = context_.plan_fingerprint;
    if (absl::Status status = StoreEnrollment(tx_, &context_); !status.ok()) return status;
    std::sort(due_.begin(), due_.end(), [](const DueOccurrence& a, const DueOccurrence& b) {
      return std::tie(a.occurrence.due, a.occurrence.rule, a.occurrence.nominal) <
             std::tie(b.occurrence.due, b.occurrence.rule, b.occurrence.nominal);
    });
    auto fired = FireOccurrences(tx_, context_, due_, &rows_, now_);
    if (!fired.ok()) return fired.status();
    return FinishFiring(tx_, *fired, now_, &context_);
  }

 private:
  bool running() const { return enrollment_.state == v1::ENROLLMENT_STATE_ACTIVE; }

  // Returns whether an occurrence of a rule, by index, comes due at its time: the enrollment runs, or it is paused and
  // the rule does not heed that. An index of -1 is of a rule that the pathway does not have any more.
  bool ComesDue(int rule) const {
    const bool is_paused = enrollment_.state == v1::ENROLLMENT_STATE_PAUSED;
    return running() || (is_paused && rule >= 0 && context_.pathway->rule(rule).IgnoresPauses());
  }

  // Returns whether the enrollment's facts were ever changed, or it was paused. If so, NeedsRowLookup holds for all
  // missed occurrences anyway.
  bool has_history() const { return enrollment_.history.ByteSizeLong() > 0; }

  absl::Status StoreRows() {
    for (const size_t index : reconciliation_.relabelled) {
      if (absl::Status status = tx_.UpdateReminder(rows_[index]); !status.ok()) return status;
    }
    for (const size_t index : reconciliation_.changed) {
      const store::ReminderRow& row = rows_[index];
      // The row may have been LEASED until now. If it was not, nobody holds the lease, and nothing comes of the note.
      if (row.attempts > 0 && row.state != v1::REMINDER_STATE_LEASED) tx_.NoteLeaseRevoked(row);
      if (absl::Status status = StoreReminder(tx_, context_, row, now_); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // By another revision of its rule, a task may be overdue at once.
  absl::Status EscalateRows() {
    for (store::ReminderRow& row : rows_) {
      if (auto steps = EscalateOverdue(tx_, context_, now_, &row); !steps.ok()) return steps.status();
    }
    return absl::OkStatus();
  }

  absl::Status FollowPlan(const PlannedItem& item) {
    const plan::Occurrence& occurrence = item.occurrence;
    const int64_t code = names_.FreeCode(RuleId(item), item.key.code);
    switch (item.fate) {
      case Fate::kCovered:
        CompareWithRow(item);
        return absl::OkStatus();
      case Fate::kMissed:
        return absl::OkStatus();
      case Fate::kToCome:
        if (code != item.key.code && MayLieAhead(occurrence.due)) CompareRowsUntil(occurrence.due);
        Schedule({occurrence, nullptr, code});
        return absl::OkStatus();
      case Fate::kSuperseded:
        return InsertEnded(item, code, ReminderEvent::kSupersede, v1::REMINDER_REASON_SUPERSEDED);
      case Fate::kNeedless:
        return InsertEnded(item, code, ReminderEvent::kCancel, item.needless);
    }
    return absl::OkStatus();
  }

  const std::string& RuleId(const PlannedItem& item) const {
    return context_.pathway->rule_source(item.occurrence.rule).id();
  }

  void CompareWithRow(const PlannedItem& item) {
    const store::ReminderRow& row = rows_[item.row];
    const plan::Occurrence& occurrence = item.occurrence;
    if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) {
      // It came due in time, and a later change of the calendar or of the zone's rules says it was missed.
      if (!has_history()) CompareRowsUntil(occurrence.due);
      return;
    }
    const bool is_plain = row.key.rule == RuleId(item) && row.key.code == item.key.code && row.due == occurrence.due;
    if (row.state == v1::REMINDER_STATE_SCHEDULED || (MayLieAhead(occurrence.due) && !is_plain)) {
      CompareRowsUntil(occurrence.due);
    }
  }

  absl::Status InsertEnded(const PlannedItem& item, int64_t code, ReminderEvent event, v1::ReminderReason reason) {
    store::ReminderRow row = NewReminderRow(context_, item.occurrence, code);
    if (MayLieAhead(item.occurrence.due)) CompareRowsUntil(item.occurrence.due);
    return InsertReminder(tx_, context_, event, reason, now_, &row).status();
  }

  // Lets the rows that are still to come come due: those that follow the plan with it, those that somebody moved at
  // their time.
  void ScheduleRows() {
    for (store::ReminderRow& row : rows_) {
      if (row.state == v1::REMINDER_STATE_SCHEDULED) Schedule({OccurrenceOf(context_, row), &row, row.key.code});
    }
  }

  void ScheduleEnd() {
    const absl::Time end = EndsAt(context_);
    if (end == absl::InfiniteFuture()) return;
    ComeDueAtEnd(context_, &enrollment_.next_due);
    if (!running()) CompareRowsUntil(end);  // so that firing plans again, and leaves alone what the pause holds back
  }

  // Has the sweeper watch the windows of scheduled rows while the enrollment is paused: what a pause holds back is
  // missed when its window closes.
  absl::Status UpdateWindows() {
    for (store::ReminderRow& row : rows_) {
      if (row.state != v1::REMINDER_STATE_SCHEDULED) continue;
      std::optional<absl::Time> closes;
      if (!ComesDue(context_.pathway->FindRule(row.key.rule))) closes = row.expire;
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
      const absl::Time before = *row.available;
      MakeAvailable(context_, std::max(now_, row.state_time + pause), &row);
      if (row.available && *row.available >= before) continue;
      if (absl::Status status = tx_.UpdateReminder(row); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // Fires the occurrence if it is due, else lets next_due find it.
  void Schedule(const DueOccurrence& due) {
    const absl::Time time = due.occurrence.due;
    const bool has_row = due.row != nullptr;
    const bool comes_due = ComesDue(has_row ? context_.pathway->FindRule(due.row->key.rule) : due.occurrence.rule);
    if (time <= now_ && comes_due) {
      due_.push_back(due);
      return;
    }
    if (due.row != nullptr) CompareRowsUntil(time);
    if (time <= now_) return CompareRowsUntil(now_);  // a pause holds it back
    if (!comes_due) return;
    if (!running()) CompareRowsUntil(time);  // so that firing plans again, and leaves alone what the pause holds back
    enrollment_.next_due = std::min(enrollment_.next_due.value_or(time), time);
  }

  // Returns whether a time lies ahead, or may do so once more if the clock is set back by a day at most.
  bool MayLieAhead(absl::Time time) const { return time > now_ - absl::Hours(24); }

  void CompareRowsUntil(absl::Time time) {
    enrollment_.compare_rows_until = std::max(enrollment_.compare_rows_until.value_or(time), time);
  }

  store::WriteTransaction& tx_;
  EnrollmentContext& context_;
  store::EnrollmentRow& enrollment_;
  const absl::Time now_;
  const Reconciliation& reconciliation_;
  std::vector<store::ReminderRow>& rows_;
  const TakenNames names_;
  std::vector<DueOccurrence> due_;
};

}  // namespace

absl::StatusOr<int64_t> Replan(store::WriteTransaction& tx, EnrollmentContext* context, absl::Time now,
                               Occasion occasion, const v1::Clinic* clinic) {
  auto rows = RowsOf(tx, *context, {});
  if (!rows.ok()) return rows.status();
  const Reconciliation reconciliation = Reconcile(*context, clinic, now, occasion, &*rows);
  return ApplyReconciliation(tx, context, reconciliation, &*rows, now);
}

absl::StatusOr<int64_t> ApplyReconciliation(store::WriteTransaction& tx, EnrollmentContext* context,
                                            const Reconciliation& reconciliation,
                                            std::vector<store::ReminderRow>* rows, absl::Time now) {
  return Replanner(tx, context, now, reconciliation, rows).Run();
}

Supersession SupersessionAtOnce(const EnrollmentContext& context, const Reconciliation& reconciliation, absl::Time now,
                                std::vector<store::ReminderRow>* rows) {
  if (context.row.state != v1::ENROLLMENT_STATE_ACTIVE) return {};
  const TakenNames names(*rows);
  std::vector<DueOccurrence> due;
  for (const PlannedItem& item : reconciliation.items) {
    if (item.fate != Fate::kToCome || item.occurrence.due > now) continue;
    const std::string& rule = context.pathway->rule_source(item.occurrence.rule).id();
    due.push_back({item.occurrence, nullptr, names.FreeCode(rule, item.key.code)});
  }
  for (store::ReminderRow& row : *rows) {
    if (row.state != v1::REMINDER_STATE_SCHEDULED || row.due > now) continue;
    due.push_back({OccurrenceOf(context, row), &row, row.key.code});
  }
  return due.empty() ? Supersession() : Supersession(context, due, *rows, now);
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
    const bool has_ended = enrollment.state == v1::ENROLLMENT_STATE_ENDED;
    if (has_ended && enrollment.has_outline) continue;
    auto context = MakeEnrollmentContext(engine, tx, std::move(enrollment));
    if (!context.ok()) return context.status();
    absl::Status status;
    if (IsStale(*context) && !has_ended) {
      status = Replan(tx, &*context, engine.Now(*row)).status();
    } else if (!context->row.has_outline) {
      status = StoreEnrollment(tx, &*context);
    }
    if (!status.ok()) return status;
  }
  return tx.UpdateClinic(*row);
}

}  // namespace aftercare::engine
