// Reminders::Move, Cancel and Restore: one reminder, by name, before it is sent.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/lifecycle/replanning.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/reminders/reminders.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/placement.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kFarthest = absl::Hours(24 * 3660);

// One reminder with all that is known of it.
struct Target {
  store::ReminderKey key;
  EnrollmentContext context;
  absl::Time now;
  std::optional<store::ReminderRow> row;
  std::optional<plan::Occurrence> occurrence;  // in the plan of now
};

absl::StatusOr<Target> FindTarget(EngineContext& engine, store::WriteTransaction& tx, const store::ReminderKey& key) {
  auto clinic = RequireClinic(tx, key.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, key.clinic, key.enrollment);
  if (!context.ok()) return context.status();
  if (absl::Status status = CheckNotEnded(context->row); !status.ok()) return status;
  Target target{key, *std::move(context), engine.Now(*clinic), std::nullopt, std::nullopt};
  // What is due by now has come due, even if the sweep has not got to it yet.
  if (auto fired = FireEnrollment(tx, &target.context, target.now); !fired.ok()) return fired.status();
  auto row = tx.GetReminder(key);
  if (!row.ok()) return row.status();
  target.row = *std::move(row);
  plan::Occurrence occurrence;
  const plan::Plan plan(*target.context.pathway, target.context.facts);
  if (plan.Find(target.context.pathway->FindRule(key.rule), key.number, &occurrence)) target.occurrence = occurrence;
  if (!target.row && !target.occurrence) return ReminderNotFound(key);
  return target;
}

v1::ReminderState StateOf(const Target& target) {
  return target.row ? target.row->state : DerivedStatus(target.context, *target.occurrence, target.now).state;
}

// Stores the row as of the event, whether there is one or not.
absl::Status Store(store::WriteTransaction& tx, Target* target, ReminderEvent event, v1::ReminderReason reason) {
  if (target->row) return ChangeReminder(tx, target->context, event, reason, target->now, &*target->row);
  store::ReminderRow row = NewReminderRow(target->context, *target->occurrence);
  row.state = StateOf(*target);
  if (row.state != v1::REMINDER_STATE_SCHEDULED) return InvalidTransition(target->key, row.state);
  auto inserted = InsertReminder(tx, target->context, event, reason, target->now, &row);
  if (inserted.ok()) target->row = std::move(row);
  return inserted.status();
}

// Puts the reminder at that time, and all else in line with it.
absl::Status Put(store::WriteTransaction& tx, Target* target, absl::Time due, absl::Time expire, bool moved) {
  if (!target->row) {
    target->occurrence->due = due;
    target->occurrence->expire = expire;
    store::ReminderRow row = NewReminderRow(target->context, *target->occurrence);
    row.moved = moved;
    auto inserted = InsertReminder(tx, target->context, ReminderEvent::kReschedule, v1::REMINDER_REASON_UNSPECIFIED,
                                   target->now, &row);
    if (!inserted.ok()) return inserted.status();
  } else {
    store::ReminderRow& row = *target->row;
    row.due = due;
    row.expire = expire;
    row.moved = moved;
    // Where the plan has it, it is what the plan of now says; it may have been called off before the rest changed.
    if (!moved) row.revision = target->context.row.data.pathway_revision();
    absl::Status status = ChangeReminder(tx, target->context, ReminderEvent::kReschedule,
                                         v1::REMINDER_REASON_UNSPECIFIED, target->now, &row);
    if (!status.ok()) return status;
  }
  return Replan(tx, &target->context, target->now).status();
}

absl::Status OutsideHours(const EnrollmentContext& context) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "OUTSIDE_CONTACT_HOURS",
                   absl::StrCat("the patient may be contacted ", context.facts.hours.Text()));
}

// Where a request wants it. `local` and `time` are as in MoveReminderRequest.
absl::StatusOr<absl::Time> WantedTime(const v1::MoveReminderRequest& request, const Target& target) {
  absl::Time due;
  absl::string_view field = "due_time";
  if (request.has_due_time()) {
    due = plan::ToTime(request.due_time());
  } else {
    field = "due_local_time";
    due = absl::FromCivil(absl::CivilSecond(*plan::ParseMinute(request.due_local_time())), target.context.facts.zone);
  }
  due = absl::FromUnixMicros(absl::ToUnixMicros(due));
  if (due < target.now) return InvalidField(field, "must not be in the past");
  if (due > target.now + kFarthest) return InvalidField(field, "must be at most ten years ahead");
  return due;
}

absl::Status MoveNow(store::WriteTransaction& tx, const v1::MoveReminderRequest& request, Target* target) {
  auto due = WantedTime(request, *target);
  if (!due.ok()) return due.status();
  const v1::ReminderState state = StateOf(*target);
  if (state != v1::REMINDER_STATE_SCHEDULED && state != v1::REMINDER_STATE_DUE) {
    return InvalidTransition(target->key, state);
  }
  const EnrollmentContext& context = target->context;
  const RowRule rule =
      target->row ? RuleOf(context, *target->row) : RowRule{&context.pathway, target->occurrence->rule};
  const absl::Time appointment = AppointmentOf(context, rule.source());
  if (*due >= appointment) {
    return InvalidField(request.has_due_time() ? "due_time" : "due_local_time",
                        "must be before the appointment begins");
  }
  const absl::Time expire = std::min(plan::WindowEnd(rule.compiled(), *due, context.facts.zone), appointment);
  if (rule.compiled().audience != v1::AUDIENCE_CARE_TEAM && !context.facts.hours.always_open()) {
    plan::LocalClock clock(context.facts.zone);
    const int64_t second = absl::ToUnixSeconds(*due);
    if (context.facts.hours.NextOpen(second, second + 1, &clock) != second) return OutsideHours(context);
  }
  return Put(tx, target, *due, expire, /*moved=*/true);
}

absl::Status CancelNow(store::WriteTransaction& tx, Target* target) {
  const bool is_over = target->row && target->row->state == v1::REMINDER_STATE_CANCELLED;
  if (is_over && target->row->reason != v1::REMINDER_REASON_CANCELLED_BY_CLINIC) {
    return InvalidTransition(target->key, target->row->state);
  }
  absl::Status status = Store(tx, target, ReminderEvent::kCancel, v1::REMINDER_REASON_CANCELLED_BY_CLINIC);
  if (!status.ok()) return status;
  return Replan(tx, &target->context, target->now).status();
}

absl::Status RestoreNow(store::WriteTransaction& tx, Target* target) {
  const bool cancelled = target->row && target->row->reason == v1::REMINDER_REASON_CANCELLED_BY_CLINIC;
  if (!cancelled && !(target->row && target->row->moved)) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_ADJUSTED",
                     absl::StrCat(ReminderNameOf(target->key), " was neither moved nor cancelled"));
  }
  const v1::ReminderState state = target->row->state;
  if (!cancelled && state != v1::REMINDER_STATE_SCHEDULED && state != v1::REMINDER_STATE_DUE) {
    return InvalidTransition(target->key, state);
  }
  const auto& place = target->occurrence;
  if (!place || place->missed != v1::REMINDER_REASON_UNSPECIFIED || place->expire <= target->now) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "WINDOW_CLOSED",
                     absl::StrCat("the window of ", ReminderNameOf(target->key), " by the plan is over"));
  }
  return Put(tx, target, place->due, place->expire, /*moved=*/false);
}

}  // namespace

template <typename Request, typename Response, typename Change>
void Reminders::Adjust(const Caller& caller, const Request& request, Response* response, plan::FieldErrors errors,
                       Change change, Done done) {
  const auto key = ParseReminderName(request.name());
  if (!key) errors.insert(errors.begin(), {"name", std::string(kReminderForm)});
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, key->clinic); !status.ok()) return done(status);
  auto wake = std::make_shared<absl::Time>(absl::InfiniteFuture());
  engine_.Mutate(
      request, key->clinic, request.request_id(), response,
      [this, key = *key, response, wake, change](store::WriteTransaction& tx) -> absl::Status {
        *wake = absl::InfiniteFuture();
        auto target = FindTarget(engine_, tx, key);
        if (!target.ok()) return target.status();
        if (absl::Status status = change(tx, &*target); !status.ok()) return status;
        *wake = WakeTimeOf(target->context.row);
        auto reminder = ReadReminder(engine_, tx, key);
        if (!reminder.ok()) return reminder.status();
        *response->mutable_reminder() = *std::move(reminder);
        return absl::OkStatus();
      },
      [this, wake, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(*wake);
        done(std::move(status));
      });
}

void Reminders::Move(const Caller& caller, const v1::MoveReminderRequest& request, v1::MoveReminderResponse* response,
                     Done done) {
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
  const auto move = [&request](store::WriteTransaction& tx, Target* target) { return MoveNow(tx, request, target); };
  Adjust(caller, request, response, std::move(errors), move, std::move(done));
}

void Reminders::Cancel(const Caller& caller, const v1::CancelReminderRequest& request,
                       v1::CancelReminderResponse* response, Done done) {
  Adjust(caller, request, response, {}, CancelNow, std::move(done));
}

void Reminders::Restore(const Caller& caller, const v1::RestoreReminderRequest& request,
                        v1::RestoreReminderResponse* response, Done done) {
  Adjust(caller, request, response, {}, RestoreNow, std::move(done));
}

}  // namespace aftercare::engine
