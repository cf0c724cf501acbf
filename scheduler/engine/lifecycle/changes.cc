#include "scheduler/engine/lifecycle/changes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

v1::Event EnrollmentEvent(const store::EnrollmentRow& row, v1::EventType type, absl::Time now) {
  v1::Event event;
  plan::SetTimestamp(now, event.mutable_event_time());
  event.set_type(type);
  event.set_enrollment(EnrollmentNameOf(row.clinic, row.enrollment));
  event.set_patient(row.data.patient());
  return event;
}

absl::Status LogReminder(store::Transaction& tx, const Subject& subject, const store::ReminderRow& row,
                         absl::Time now) {
  v1::Event event = EnrollmentEvent(subject.row, v1::EVENT_TYPE_REMINDER_CHANGED, now);
  v1::ReminderChange& change = *event.mutable_reminder();
  change.set_name(ReminderNameOf(row.key));
  const RowRule rule = RuleOf(subject, row);
  change.set_phase(rule.source().phase());
  change.set_category(rule.source().category());
  change.set_audience(rule.compiled().audience);
  change.set_channel(StoredChannel(subject, row));
  plan::SetTimestamp(row.due, change.mutable_due_time());
  plan::SetTimestamp(row.expire, change.mutable_expire_time());
  change.set_state(row.state);
  change.set_reason(row.reason);
  change.set_attempts(row.attempts);
  return tx.AppendEvent(row.key.clinic, std::move(event));
}

}  // namespace

bool ApplyInput(Input input, v1::ReminderReason reason, absl::Time now, store::ReminderRow* row) {
  const auto next = NextState(row->state, input);
  if (!next) return false;
  row->state = *next;
  row->reason = reason;
  row->state_time = now;
  if (IsTerminal(*next) || *next == v1::REMINDER_STATE_SCHEDULED) {
    row->available.reset();
    row->closes.reset();
  }
  return true;
}

absl::Status StoreReminder(store::Transaction& tx, const Subject& subject, const store::ReminderRow& row,
                           absl::Time now) {
  if (absl::Status status = tx.UpdateReminder(row); !status.ok()) return status;
  return LogReminder(tx, subject, row, now);
}

absl::Status InvalidTransition(const store::ReminderKey& key, v1::ReminderState state) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "INVALID_TRANSITION",
                   absl::StrCat(ReminderNameOf(key), " is ",
                                absl::StripPrefix(v1::ReminderState_Name(state), "REMINDER_STATE_")),
                   {{"state", v1::ReminderState_Name(state)}});
}

absl::Status ChangeReminder(store::Transaction& tx, const Subject& subject, Input input, v1::ReminderReason reason,
                            absl::Time now, store::ReminderRow* row) {
  const v1::ReminderState before = row->state;
  const bool repeats = input == Input::kLease || input == Input::kReschedule;
  if (!repeats && NextState(before, input) == before) return absl::OkStatus();
  if (!ApplyInput(input, reason, now, row)) return InvalidTransition(row->key, before);
  return StoreReminder(tx, subject, *row, now);
}

store::ReminderRow NewReminderRow(const Subject& subject, const plan::Occurrence& occurrence) {
  store::ReminderRow row;
  row.key = {subject.row.clinic, subject.row.enrollment, subject.pathway->rule_source(occurrence.rule).id(),
             occurrence.number};
  row.clock = subject.row.clock;
  row.revision = subject.row.data.pathway_revision();
  row.state = v1::REMINDER_STATE_SCHEDULED;
  row.due = occurrence.due;
  row.expire = occurrence.expire;
  return row;
}

absl::StatusOr<bool> InsertReminder(store::Transaction& tx, const Subject& subject, Input input,
                                    v1::ReminderReason reason, absl::Time now, store::ReminderRow* row) {
  if (!ApplyInput(input, reason, now, row)) return absl::InternalError("no such transition for a new reminder");
  auto inserted = tx.InsertReminder(*row);
  if (!inserted.ok() || !*inserted) return inserted;
  if (absl::Status status = LogReminder(tx, subject, *row, now); !status.ok()) return status;
  return true;
}

absl::Status LogEnrollment(store::Transaction& tx, const store::EnrollmentRow& row, v1::EventType type,
                           absl::Time now) {
  v1::Event event = EnrollmentEvent(row, type, now);
  event.set_end_reason(row.data.end_reason());
  return tx.AppendEvent(row.clinic, std::move(event));
}

absl::Status LogVisit(store::Transaction& tx, const store::EnrollmentRow& row, const v1::Visit& visit, absl::Time now) {
  v1::Event event = EnrollmentEvent(row, v1::EVENT_TYPE_VISIT_CHANGED, now);
  event.mutable_visit()->set_name(visit.name());
  event.mutable_visit()->set_state(visit.state());
  *event.mutable_visit()->mutable_start_time() = visit.start_time();
  event.mutable_visit()->set_appointment(visit.appointment());
  return tx.AppendEvent(row.clinic, std::move(event));
}

}  // namespace aftercare::engine
