#include "scheduler/engine/lifecycle/reminder_changes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/team_notices.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
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

absl::Status LogReminder(store::WriteTransaction& tx, const EnrollmentContext& context, const store::ReminderRow& row,
                         absl::Time now) {
  v1::Event event = EnrollmentEvent(context.row, v1::EVENT_TYPE_REMINDER_CHANGED, now);
  v1::ReminderChange& change = *event.mutable_reminder();
  change.set_name(ReminderNameOf(row.key));
  const RowRule rule = RuleOf(context, row);
  change.set_phase(rule.source().phase());
  change.set_audience(rule.compiled().audience);
  change.set_channel(StoredChannel(context, row));
  plan::SetTimestamp(row.due, change.mutable_due_time());
  plan::SetTimestamp(row.expire, change.mutable_expire_time());
  change.set_state(row.state);
  change.set_reason(ShownReason(context, row));
  change.set_attempts(row.attempts);
  ShowEscalation(context, row, &change);
  return tx.AppendEvent(row.key.clinic, std::move(event));
}

// Returns whether `event` ends a lease without its holder's doing. A lease that ran out, or that its holder gave back,
// is not revoked; whoever takes a lease away by kRelease, or reports SENT in the holder's stead, notes that himself.
bool RevokesLease(ReminderEvent event) {
  switch (event) {
    case ReminderEvent::kLease:
    case ReminderEvent::kRetry:
    case ReminderEvent::kRelease:
    case ReminderEvent::kFail:
    case ReminderEvent::kSent:
    case ReminderEvent::kDelivered:
    case ReminderEvent::kBounced:
      return false;
    default:
      return true;
  }
}

// Returns whether a message in this state counts for adherence, if it asks for an answer.
bool CountsAsTold(v1::ReminderState state) {
  return state == v1::REMINDER_STATE_SENT || state == v1::REMINDER_STATE_DELIVERED ||
         state == v1::REMINDER_STATE_COMPLETED;
}

bool AsksForAnswer(const EnrollmentContext& context, const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  return rule.rule >= 0 && rule.compiled().answer != v1::ANSWER_KIND_UNSPECIFIED;
}

// Marks the enrollment of a row that has changed its state, if adherence counts that. What was sent or answered today
// counts when the patient's day is over. All else may count for days before, and so at once.
absl::Status MarkChangedState(store::WriteTransaction& tx, const EnrollmentContext& context, v1::ReminderState before,
                              const store::ReminderRow& row, absl::Time now) {
  const bool was_told = CountsAsTold(before);
  const bool is_told = CountsAsTold(row.state);
  if (!was_told && !is_told) return absl::OkStatus();
  if (was_told && is_told && row.state != v1::REMINDER_STATE_COMPLETED) return absl::OkStatus();  // It was delivered.
  if (!AsksForAnswer(context, row)) return absl::OkStatus();
  const absl::TimeZone zone = context.facts.zone;
  const absl::CivilDay today = absl::ToCivilDay(now, zone);
  // What is due today was not leased before. Rows of old databases do not say when they were sent, once they are
  // answered.
  const bool counts_tomorrow = is_told && (was_told ? !row.record.empty() : absl::ToCivilDay(row.due, zone) == today);
  return tx.MarkAdherence(row.key.clinic, context.row.clock, context.row.row_id,
                          counts_tomorrow ? absl::FromCivil(today + 1, zone) : store::kCountAtOnce);
}

// Returns whether time brings `event` about, and not a caller.
bool IsOfTime(ReminderEvent event) { return event == ReminderEvent::kFire || event == ReminderEvent::kExpire; }

// Begins to tell the team that the step names which a task has just gone. If a gateway is about to tell of the task as
// it was before, its lease ends. Does nothing if the step names no team.
absl::Status TellOfStep(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now,
                        store::ReminderRow* row) {
  if (TeamOf(context, *row).step != RecordOf(*row).escalation_step()) return absl::OkStatus();
  if (row->state == v1::REMINDER_STATE_LEASED) tx.NoteLeaseRevoked(*row);
  auto reason = BeginNotice(tx, context, now, row);
  if (!reason.ok()) return reason.status();
  MakeDue(*reason, now, row);
  return absl::OkStatus();
}

}  // namespace

bool ApplyEvent(ReminderEvent event, v1::ReminderReason reason, absl::Time now, store::ReminderRow* row) {
  const auto next = NextState(row->state, event);
  if (!next) return false;
  row->state = *next;
  row->reason = reason;
  row->state_time = now;
  if (event == ReminderEvent::kReschedule) ForgetEscalation(row);
  if (IsTerminal(*next) || *next == v1::REMINDER_STATE_SCHEDULED) {
    row->available.reset();
    row->closes.reset();
  }
  return true;
}

void MakeAvailable(const EnrollmentContext& context, absl::Time time, store::ReminderRow* row) {
  row->available.reset();
  const bool is_paused = context.row.state == v1::ENROLLMENT_STATE_PAUSED;
  if (is_paused || IsHeld(context, RuleOf(context, *row).compiled(), row->contact_point)) return;
  row->available = std::max(time, row->due);
}

absl::Status StoreReminder(store::WriteTransaction& tx, const EnrollmentContext& context, const store::ReminderRow& row,
                           absl::Time now) {
  if (absl::Status status = tx.UpdateReminder(row); !status.ok()) return status;
  if (absl::Status status = LogReminder(tx, context, row, now); !status.ok()) return status;
  // It may be a corrected answer.
  if (!CountsAsTold(row.state) || !AsksForAnswer(context, row)) return absl::OkStatus();
  return CountAtOnce(tx, context);
}

absl::Status CountAtOnce(store::WriteTransaction& tx, const EnrollmentContext& context) {
  return tx.MarkAdherence(context.row.clinic, context.row.clock, context.row.row_id, store::kCountAtOnce);
}

absl::Status InvalidTransition(const store::ReminderKey& key, v1::ReminderState state) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "INVALID_TRANSITION",
      absl::StrCat(ReminderNameOf(key), " is ", absl::StripPrefix(v1::ReminderState_Name(state), "REMINDER_STATE_")),
      {{"state", v1::ReminderState_Name(state)}});
}

absl::Status ChangeReminder(store::WriteTransaction& tx, const EnrollmentContext& context, ReminderEvent event,
                            v1::ReminderReason reason, absl::Time now, store::ReminderRow* row) {
  const v1::ReminderState before = row->state;
  const bool repeats = event == ReminderEvent::kLease || event == ReminderEvent::kReschedule;
  if (!repeats && NextState(before, event) == before) return absl::OkStatus();
  const bool was_told = StandingOf(*row) == plan::Standing::kTold;
  if (!ApplyEvent(event, reason, now, row)) return InvalidTransition(row->key, before);
  if (event == ReminderEvent::kFire) WatchDeadline(context, row);
  // What somebody decides counts for what the reminder covers at present, whatever it was planned for. So does the end
  // that an answer makes, or a window that closes before it came due. What was leased keeps what it told, since a
  // report may come late.
  const bool is_called_off = reason == v1::REMINDER_REASON_CANCELLED_BY_CLINIC;
  const bool is_needless = IsEndedByAnswer(*row) && row->attempts == 0;
  const bool is_missed = before == v1::REMINDER_STATE_SCHEDULED && StandingOf(*row) == plan::Standing::kEndedUnsent &&
                         row->attempts == 0;
  const bool is_done = event == ReminderEvent::kComplete && !was_told;
  if (is_called_off || is_needless || is_missed || is_done) NoteCoverTold(context, row);
  std::optional<store::WithoutActor> by_time;
  if (IsOfTime(event)) by_time.emplace(tx);
  if (before == v1::REMINDER_STATE_LEASED && RevokesLease(event)) tx.NoteLeaseRevoked(*row);
  if (absl::Status status = tx.UpdateReminder(*row); !status.ok()) return status;
  if (absl::Status status = LogReminder(tx, context, *row, now); !status.ok()) return status;
  return MarkChangedState(tx, context, before, *row, now);
}

bool WindowHasClosed(const EnrollmentContext& context, const store::ReminderRow& row, absl::Time now) {
  if (!row.closes || *row.closes > now) return false;
  return !IsOpen(row.state) || !IsTask(context, row);
}

absl::StatusOr<int> EscalateOverdue(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now,
                                    store::ReminderRow* row) {
  if (!IsOpen(row->state) || !IsTask(context, *row)) return 0;
  const store::WithoutActor by_time(tx);
  int steps = 0;
  for (; GoNextStep(context, now, row); ++steps) {
    absl::Status status = TellOfStep(tx, context, now, row);
    if (status.ok()) status = StoreReminder(tx, context, *row, now);
    if (!status.ok()) return status;
  }
  return steps;
}

absl::Status EndUnsentReminder(store::WriteTransaction& tx, const EnrollmentContext& context, ReminderEvent event,
                               v1::ReminderReason reason, absl::Time now, store::ReminderRow* row) {
  if (WindowHasClosed(context, *row, now)) {
    return ChangeReminder(tx, context, ReminderEvent::kExpire, v1::REMINDER_REASON_WINDOW_CLOSED, now, row);
  }
  if (auto steps = EscalateOverdue(tx, context, now, row); !steps.ok()) return steps.status();
  return ChangeReminder(tx, context, event, reason, now, row);
}

store::ReminderRow NewReminderRow(const EnrollmentContext& context, const plan::Occurrence& occurrence, int64_t code) {
  store::ReminderRow row;
  row.key = {context.row.clinic, context.row.enrollment, context.pathway->rule_source(occurrence.rule).id(),
             code};
  row.enrollment_row_id = context.row.row_id;
  row.clock = context.row.clock;
  row.revision = context.row.data.pathway_revision();
  row.state = v1::REMINDER_STATE_SCHEDULED;
  row.due = occurrence.due;
  row.expire = occurrence.expire;
  NoteTold(context, occurrence, &row);
  return row;
}

absl::StatusOr<bool> InsertReminder(store::WriteTransaction& tx, const EnrollmentContext& context, ReminderEvent event,
                                    v1::ReminderReason reason, absl::Time now, store::ReminderRow* row) {
  if (!ApplyEvent(event, reason, now, row)) return absl::InternalError("no such transition for a new reminder");
  if (event == ReminderEvent::kFire) WatchDeadline(context, row);
  auto inserted = tx.InsertReminder(*row);
  if (!inserted.ok() || !*inserted) return inserted;
  std::optional<store::WithoutActor> by_time;
  if (IsOfTime(event)) by_time.emplace(tx);
  if (absl::Status status = LogReminder(tx, context, *row, now); !status.ok()) return status;
  absl::Status status = MarkChangedState(tx, context, v1::REMINDER_STATE_UNSPECIFIED, *row, now);
  return status.ok() ? absl::StatusOr<bool>(true) : status;
}

absl::Status LogEnrollment(store::WriteTransaction& tx, const store::EnrollmentRow& row, v1::EventType type,
                           absl::Time now) {
  v1::Event event = EnrollmentEvent(row, type, now);
  event.set_end_reason(row.data.end_reason());
  return tx.AppendEvent(row.clinic, std::move(event));
}

absl::Status LogVisit(store::WriteTransaction& tx, const store::EnrollmentRow& row, const v1::Visit& visit,
                      absl::Time now) {
  v1::Event event = EnrollmentEvent(row, v1::EVENT_TYPE_VISIT_CHANGED, now);
  event.mutable_visit()->set_name(visit.name());
  event.mutable_visit()->set_state(visit.state());
  *event.mutable_visit()->mutable_start_time() = visit.start_time();
  event.mutable_visit()->set_appointment(visit.appointment());
  return tx.AppendEvent(row.clinic, std::move(event));
}

}  // namespace aftercare::engine
