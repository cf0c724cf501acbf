#include "scheduler/engine/delivery/notice_report.h"

#include <algorithm>

#include "aftercare/record/v1/reminder_record.pb.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/retry_policy.h"
#include "scheduler/engine/lifecycle/team_notices.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

// The escalation step of an attempt whose message came back: it told nobody of anything.
constexpr int kCameBack = -1;

// Returns whether an attempt told of the task as it is now, and not of an earlier escalation step.
bool IsOfPresentStep(const EnrollmentContext& enrollment, const store::ReminderRow& row, int attempt) {
  const record::v1::ReminderRecord record = RecordOf(row);
  const auto& attempts = record.attempts();
  const auto found =
      std::find_if(attempts.begin(), attempts.end(), [attempt](const auto& one) { return one.attempt() == attempt; });
  return found != attempts.end() && found->escalation_step() == TeamOf(enrollment, row).step;
}

// Stores and logs the task, which is DUE from now on with `reason`. If a gateway had it, its lease is over.
absl::Status StoreDue(store::WriteTransaction& tx, const EnrollmentContext& enrollment, v1::ReminderReason reason,
                      absl::Time now, store::ReminderRow* row) {
  MakeDue(reason, now, row);
  return StoreReminder(tx, enrollment, *row, now);
}

absl::Status NoteSent(store::WriteTransaction& tx, const EnrollmentContext& enrollment, int attempt, absl::Time now,
                      store::ReminderRow* row) {
  const record::v1::ReminderRecord record = RecordOf(*row);
  const bool is_untold = IsOpen(row->state) && record.notify_micros() == 0 && record.acknowledge_micros() == 0;
  if (!is_untold || !IsOfPresentStep(enrollment, *row, attempt)) return absl::OkStatus();
  // One gateway has sent what another holds a lease of.
  if (row->state == v1::REMINDER_STATE_LEASED && row->attempts != attempt) tx.NoteLeaseRevoked(*row);
  NoteTeamTold(now, row);
  return StoreDue(tx, enrollment, v1::REMINDER_REASON_UNSPECIFIED, now, row);
}

absl::Status TryNext(store::WriteTransaction& tx, const EnrollmentContext& enrollment, absl::Time now,
                     store::ReminderRow* row) {
  auto reason = TryNextOfTeam(tx, enrollment, now, row);
  if (!reason.ok()) return reason.status();
  return StoreDue(tx, enrollment, *reason, now, row);
}

void NoteCameBack(int attempt, store::ReminderRow* row) {
  record::v1::ReminderRecord record = RecordOf(*row);
  for (record::v1::LeasedAttempt& one : *record.mutable_attempts()) {
    if (one.attempt() == attempt) one.set_escalation_step(kCameBack);
  }
  row->record = record.SerializeAsString();
}

// The message came back: as far as is known, the team was not told.
absl::Status NoteBounced(store::WriteTransaction& tx, const EnrollmentContext& enrollment, int attempt, absl::Time now,
                         store::ReminderRow* row) {
  if (attempt == 0) attempt = row->attempts;
  const bool counts = row->state == v1::REMINDER_STATE_DUE && RecordOf(*row).notify_micros() != 0;
  if (!counts || IsAcknowledged(*row) || !IsOfPresentStep(enrollment, *row, attempt)) return absl::OkStatus();
  NoteCameBack(attempt, row);
  return TryNext(tx, enrollment, now, row);
}

}  // namespace

absl::Status ReportNotice(store::WriteTransaction& tx, const EnrollmentContext& enrollment,
                          const v1::DeliveryReport& report, const LeaseId& lease, absl::Time now,
                          store::ReminderRow* row) {
  if (!report.error_code().empty()) row->error_code = report.error_code();
  switch (report.outcome()) {
    case v1::DELIVERY_OUTCOME_SENT:
      return NoteSent(tx, enrollment, lease.attempt, now, row);
    case v1::DELIVERY_OUTCOME_BOUNCED:
      return NoteBounced(tx, enrollment, lease.attempt, now, row);
    case v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE:
      if (++row->failures >= kMaxFailures) return TryNext(tx, enrollment, now, row);
      row->available = now + RetryPause(row->failures, StableHash(ReminderNameOf(row->key)));
      return StoreDue(tx, enrollment, v1::REMINDER_REASON_UNSPECIFIED, now, row);
    case v1::DELIVERY_OUTCOME_PERMANENT_FAILURE:
      return TryNext(tx, enrollment, now, row);
    case v1::DELIVERY_OUTCOME_RELEASED:
      row->available = now;
      return StoreDue(tx, enrollment, v1::REMINDER_REASON_UNSPECIFIED, now, row);
    default:
      return absl::OkStatus();
  }
}

}  // namespace aftercare::engine
