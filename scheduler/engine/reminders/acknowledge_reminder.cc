#include "scheduler/engine/reminders/acknowledge_reminder.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/lifecycle/team_notices.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/reminders/named_change.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

bool NamesTask(const EnrollmentContext& context, const FoundReminder& found) {
  if (found.row) return IsTask(context, *found.row);
  return context.pathway->rule(found.occurrence->rule).audience == v1::AUDIENCE_CARE_TEAM;
}

// Takes a task from the gateways: nobody needs to be told of it any more.
void StopTelling(store::WriteTransaction& tx, absl::Time now, store::ReminderRow* row) {
  if (row->state == v1::REMINDER_STATE_LEASED) tx.NoteLeaseRevoked(*row);
  MakeDue(v1::REMINDER_REASON_UNSPECIFIED, now, row);
  if (TellsTeam(*row)) EndNotice(row);
}

// Stores that the task is acknowledged, unless it is already.
absl::Status StoreAcknowledged(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now,
                               FoundReminder* found) {
  if (!NamesTask(context, *found)) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_A_TASK",
                     absl::StrCat(ReminderNameOf(found->key), " is a message for the patient"));
  }
  if (!found->row) return InvalidTransition(found->key, DerivedStatus(context, *found->occurrence, now).state);
  store::ReminderRow& row = *found->row;
  if (row.state == v1::REMINDER_STATE_COMPLETED) return absl::OkStatus();
  if (!IsOpen(row.state)) return InvalidTransition(found->key, row.state);
  if (auto steps = EscalateOverdue(tx, context, now, &row); !steps.ok()) return steps.status();
  if (IsAcknowledged(row)) return absl::OkStatus();
  StopTelling(tx, now, &row);
  Acknowledge(context, now, &row);
  return StoreReminder(tx, context, row, now);
}

// Sets `key` to the reminder's present name.
absl::Status AcknowledgeNamed(EngineContext& engine, store::WriteTransaction& tx, store::ReminderKey* key) {
  auto clinic = RequireClinic(tx, key->clinic);
  if (!clinic.ok()) return clinic.status();
  auto context = RequireEnrollmentContext(engine, tx, key->clinic, key->enrollment);
  if (!context.ok()) return context.status();
  const absl::Time now = engine.Now(*clinic);
  if (context->row.state != v1::ENROLLMENT_STATE_ENDED) {
    // What is due by now has come due, even if the sweep has not got to it yet.
    if (auto fired = FireEnrollment(tx, &*context, now); !fired.ok()) return fired.status();
  }
  auto found = FindReminder(tx, *context, *key);
  if (!found.ok()) return found.status();
  *key = found->key;
  return StoreAcknowledged(tx, *context, now, &*found);
}

}  // namespace

void AcknowledgeReminder(EngineContext& engine, const CallPtr& call, const v1::AcknowledgeReminderRequest& request,
                         v1::AcknowledgeReminderResponse* response, Done done) {
  ChangeNamed(engine, call, AcknowledgeNamed, request, response, std::move(done));
}

}  // namespace aftercare::engine
