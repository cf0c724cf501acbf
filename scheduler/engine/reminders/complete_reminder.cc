#include "scheduler/engine/reminders/complete_reminder.h"

#include <optional>
#include <string>
#include <utility>

#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/replies/groups.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

// Stores that the reminder is completed. `row` is the stored one, if there is one.
absl::Status StoreCompleted(store::WriteTransaction& tx, const EnrollmentContext& context,
                            const store::ReminderKey& key, absl::Time now, std::optional<store::ReminderRow> row) {
  constexpr v1::ReminderReason kNoReason = v1::REMINDER_REASON_UNSPECIFIED;
  if (row) return ChangeReminder(tx, context, ReminderEvent::kComplete, kNoReason, now, &*row);
  auto occurrence = RequireOccurrence(context, key);
  if (!occurrence.ok()) return occurrence.status();
  store::ReminderRow added = NewReminderRow(context, *occurrence);
  added.state = DerivedStatus(context, *occurrence, now).state;
  if (added.state != v1::REMINDER_STATE_SCHEDULED) {
    // What only the plan has ended (late, or after the enrollment's end) stays ended: this is refused.
    return ChangeReminder(tx, context, ReminderEvent::kComplete, kNoReason, now, &added);
  }
  return InsertReminder(tx, context, ReminderEvent::kComplete, kNoReason, now, &added).status();
}

absl::Status Complete(EngineContext& engine, store::WriteTransaction& tx, const store::ReminderKey& key) {
  auto clinic = RequireClinic(tx, key.clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, key.clinic, key.enrollment);
  if (!context.ok()) return context.status();
  const absl::Time now = engine.Now(*clinic);
  auto row = tx.GetReminder(key);
  if (!row.ok()) return row.status();
  const bool was_completed = *row && (*row)->state == v1::REMINDER_STATE_COMPLETED;
  absl::Status status = StoreCompleted(tx, *context, key, now, *std::move(row));
  if (!status.ok()) return status;
  // Only the first completion is an answer.
  return was_completed ? absl::OkStatus() : ApplyAnswerToGroup(tx, key, now, &*context);
}

}  // namespace

void CompleteReminder(EngineContext& engine, const CallPtr& call, const v1::CompleteReminderRequest& request,
                      v1::CompleteReminderResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto key = ParseReminderName(request.name());
  if (!key) errors.push_back({"name", std::string(kReminderForm)});
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Mutate(
      request, key->clinic, request.request_id(), response,
      [&engine, key = *key, response](store::WriteTransaction& tx) -> absl::Status {
        if (absl::Status status = Complete(engine, tx, key); !status.ok()) return status;
        auto reminder = ReadReminder(engine, tx, key);
        if (!reminder.ok()) return reminder.status();
        *response->mutable_reminder() = *std::move(reminder);
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
