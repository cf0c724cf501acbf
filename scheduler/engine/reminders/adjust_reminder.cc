#include "scheduler/engine/reminders/adjust_reminder.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/planning/ending.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/placement.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kMaxAhead = absl::Hours(24 * 3660);

// The reminder that a request names. It has a row, an occurrence in the present plan, or both.
struct Target {
  store::ReminderKey key;
  EnrollmentContext context;
  absl::Time now;
  std::optional<store::ReminderRow> row;
  std::optional<plan::Occurrence> occurrence;
};
using Adjustment = absl::AnyInvocable<absl::Status(store::WriteTransaction& tx, Target* target)>;

absl::StatusOr<Target> LoadTarget(EngineContext& engine, store::WriteTransaction& tx, const store::ReminderKey& key) {
  auto clinic = RequireClinic(tx, key.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, key.clinic, key.enrollment);
  if (!context.ok()) return context.status();
  const absl::Time now = engine.Now(*clinic);
  if (absl::Status status = CheckRuns(*context, now); !status.ok()) return status;
  Target target{key, *std::move(context), now, std::nullopt, std::nullopt};
  // What is due by now has come due, even if the sweep has not got to it yet.
  if (auto fired = FireEnrollment(tx, &target.context, target.now); !fired.ok()) return fired.status();
  auto found = FindReminder(tx, target.context, key);
  if (!found.ok()) return found.status();
  target.key = found->key;
  target.row = std::move(found->row);
  if (target.row) {
    if (auto steps = EscalateOverdue(tx, target.context, target.now, &*target.row); !steps.ok()) return steps.status();
  }
  target.occurrence = found->occurrence;
  return target;
}

v1::ReminderState StateOf(const Target& target) {
  if (target.row) return target.row->state;
  const ReminderStatus status = DerivedStatus(target.context, *target.occurrence, target.now);
  return IsHeldByContactHours(status) ? v1::REMINDER_STATE_SCHEDULED : status.state;
}

// Applies `event` and stores the row, which is new if the reminder has none.
absl::Status StoreEvent(store::WriteTransaction& tx, Target* target, ReminderEvent event, v1::ReminderReason reason) {
  if (target->row) return ChangeReminder(tx, target->context, event, reason, target->now, &*target->row);
  store::ReminderRow row = NewReminderRow(target->context, *target->occurrence, target->key.code);
  row.state = StateOf(*target);
  if (row.state != v1::REMINDER_STATE_SCHEDULED) return InvalidTransition(target->key, row.state);
  auto inserted = InsertReminder(tx, target->context, event, reason, target->now, &row);
  if (inserted.ok()) target->row = std::move(row);
  return inserted.status();
}

// Records the local time that somebody has set, if the row is moved.
void NoteByHand(const EnrollmentContext& context, store::ReminderRow* row) {
  record::v1::ReminderRecord record = RecordOf(*row);
  record.clear_hand_local_micros();
  record.clear_hand_suspended();
  row->record = record.SerializeAsString();
  if (row->moved) NoteHandTime(context.facts.zone, row);
  NoteCoverTold(context, row);
}

// Gives the reminder that time and window, and plans the enrollment anew. `moved` says that the clinic chose the time,
// not the plan.
absl::Status Reschedule(store::WriteTransaction& tx, Target* target, absl::Time due, absl::Time expire, bool moved) {
  if (!target->row) {
    target->occurrence->due = due;
    target->occurrence->expire = expire;
    store::ReminderRow row = NewReminderRow(target->context, *target->occurrence, target->key.code);
    row.moved = moved;
    NoteByHand(target->context, &row);
    auto inserted = InsertReminder(tx, target->context, ReminderEvent::kReschedule, v1::REMINDER_REASON_UNSPECIFIED,
                                   target->now, &row);
    if (!inserted.ok()) return inserted.status();
  } else {
    store::ReminderRow& row = *target->row;
    row.due = due;
    row.expire = expire;
    row.moved = moved;
    NoteByHand(target->context, &row);
    // A reminder that follows the plan is one of the present revision, even if it was cancelled under an earlier one.
    const bool has_rule = target->context.pathway->FindRule(row.key.rule) >= 0;
    if (!moved && has_rule) row.revision = target->context.row.data.pathway_revision();
    absl::Status status = ChangeReminder(tx, target->context, ReminderEvent::kReschedule,
                                         v1::REMINDER_REASON_UNSPECIFIED, target->now, &row);
    if (!status.ok()) return status;
  }
  return Replan(tx, &target->context, target->now).status();
}

absl::string_view DueField(const v1::MoveReminderRequest& request) {
  return request.has_due_time() ? "due_time" : "due_local_time";
}

// Returns the due time that a request asks for.
absl::StatusOr<absl::Time> RequestedDue(const v1::MoveReminderRequest& request, const Target& target) {
  const absl::Time time =
      request.has_due_time()
          ? plan::ToTime(request.due_time())
          : plan::InstantOf(absl::CivilSecond(*plan::ParseMinute(request.due_local_time())), target.context.facts.zone);
  const absl::Time due = absl::FromUnixMicros(absl::ToUnixMicros(time));
  if (due < target.now) return InvalidField(DueField(request), "must not be in the past");
  if (due > target.now + kMaxAhead) return InvalidField(DueField(request), "must be at most ten years ahead");
  return due;
}

absl::Status CheckContactHours(const EnrollmentContext& context, const plan::CompiledRule& rule, absl::Time due) {
  if (rule.audience == v1::AUDIENCE_CARE_TEAM || context.facts.hours.always_open()) return absl::OkStatus();
  plan::LocalClock clock(context.facts.zone);
  const int64_t second = absl::ToUnixSeconds(due);
  if (context.facts.hours.NextOpen(second, second + 1, &clock) == second) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "OUTSIDE_CONTACT_HOURS",
                   absl::StrCat("the patient may be contacted ", context.facts.hours.Text()));
}

// Returns whether a reminder may get another time: it is to come or due. A task may have one although a gateway tells
// its team of it.
bool MayGetAnotherTime(const Target& target) {
  const v1::ReminderState state = StateOf(target);
  return state == v1::REMINDER_STATE_SCHEDULED || state == v1::REMINDER_STATE_DUE ||
         (state == v1::REMINDER_STATE_LEASED && IsTask(target.context, *target.row));
}

absl::Status ApplyMove(store::WriteTransaction& tx, const v1::MoveReminderRequest& request, Target* target) {
  auto due = RequestedDue(request, *target);
  if (!due.ok()) return due.status();
  if (!MayGetAnotherTime(*target)) return InvalidTransition(target->key, StateOf(*target));
  const EnrollmentContext& context = target->context;
  const RowRule rule =
      target->row ? RuleOf(context, *target->row) : RowRule{&context.pathway, target->occurrence->rule};
  const absl::Time appointment = AppointmentOf(context, rule.source());
  if (*due >= appointment) return InvalidField(DueField(request), "must be before the appointment begins");
  if (absl::Status status = CheckContactHours(context, rule.compiled(), *due); !status.ok()) return status;
  const absl::Time expire = std::min(plan::WindowEnd(rule.compiled(), *due, context.facts.zone), appointment);
  return Reschedule(tx, target, *due, expire, /*moved=*/true);
}

absl::Status ApplyCancel(store::WriteTransaction& tx, Target* target) {
  const bool is_cancelled = target->row && target->row->state == v1::REMINDER_STATE_CANCELLED;
  if (is_cancelled && target->row->reason != v1::REMINDER_REASON_CANCELLED_BY_CLINIC) {
    return InvalidTransition(target->key, target->row->state);
  }
  absl::Status status = StoreEvent(tx, target, ReminderEvent::kCancel, v1::REMINDER_REASON_CANCELLED_BY_CLINIC);
  if (!status.ok()) return status;
  return Replan(tx, &target->context, target->now).status();
}

absl::Status ApplyRestore(store::WriteTransaction& tx, Target* target) {
  const bool cancelled = target->row && target->row->reason == v1::REMINDER_REASON_CANCELLED_BY_CLINIC;
  if (!cancelled && !(target->row && IsTimeByHand(*target->row))) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_ADJUSTED",
                     absl::StrCat(ReminderNameOf(target->key), " was neither moved nor cancelled"));
  }
  if (!cancelled && !MayGetAnotherTime(*target)) return InvalidTransition(target->key, target->row->state);
  const std::optional<plan::Occurrence>& planned = target->occurrence;
  if (!planned || planned->missed != v1::REMINDER_REASON_UNSPECIFIED || planned->expire <= target->now) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "WINDOW_CLOSED",
                     absl::StrCat("the window of ", ReminderNameOf(target->key), " by the plan is over"));
  }
  // If another rule says the same now, Replan replaces the reminder by one of that rule.
  store::ReminderRow& row = *target->row;
  const bool is_own_rule = target->context.pathway->rule_source(planned->rule).id() == row.key.rule;
  return is_own_rule ? Reschedule(tx, target, planned->due, planned->expire, /*moved=*/false)
                     : Reschedule(tx, target, row.due, row.expire, /*moved=*/false);
}

// Changes the reminder that `request` names by `adjustment`. `errors` has what is wrong with the other fields.
template <typename Request, typename Response>
void Adjust(EngineContext& engine, const CallPtr& call, const Request& request, Response* response,
            plan::FieldErrors errors, Adjustment adjustment, Done done) {
  const auto key = ParseReminderName(request.name());
  if (!key) errors.insert(errors.begin(), {"name", std::string(kReminderForm)});
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Mutate(
      request, key->clinic, request.request_id(), response,
      [&engine, key = *key, response,
       adjustment = std::move(adjustment)](store::WriteTransaction& tx) mutable -> absl::Status {
        auto target = LoadTarget(engine, tx, key);
        if (!target.ok()) return target.status();
        if (absl::Status status = adjustment(tx, &*target); !status.ok()) return status;
        auto reminder = ReadReminder(engine, tx, target->key);
        if (!reminder.ok()) return reminder.status();
        *response->mutable_reminder() = *std::move(reminder);
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace

void MoveReminder(EngineContext& engine, const CallPtr& call, const v1::MoveReminderRequest& request,
                  v1::MoveReminderResponse* response, Done done) {
  plan::FieldErrors errors;
  switch (request.due_case()) {
    case v1::MoveReminderRequest::kDueTime:
      if (!plan::IsInstant(request.due_time())) errors.push_back({"due_time", "must be an instant from 1970 to 9999"});
      break;
    case v1::MoveReminderRequest::kDueLocalTime:
      if (!plan::ParseMinute(request.due_local_time())) {
        errors.push_back({"due_local_time", "must be a date and time, YYYY-MM-DDTHH:MM, from 1970 to 2199"});
      }
      break;
    case v1::MoveReminderRequest::DUE_NOT_SET:
      errors.push_back({"due_time", "must be set, or due_local_time"});
  }
  const auto move = [&request](store::WriteTransaction& tx, Target* target) { return ApplyMove(tx, request, target); };
  Adjust(engine, call, request, response, std::move(errors), move, std::move(done));
}

void CancelReminder(EngineContext& engine, const CallPtr& call, const v1::CancelReminderRequest& request,
                    v1::CancelReminderResponse* response, Done done) {
  Adjust(engine, call, request, response, {}, ApplyCancel, std::move(done));
}

void RestoreReminder(EngineContext& engine, const CallPtr& call, const v1::RestoreReminderRequest& request,
                     v1::RestoreReminderResponse* response, Done done) {
  Adjust(engine, call, request, response, {}, ApplyRestore, std::move(done));
}

}  // namespace aftercare::engine
