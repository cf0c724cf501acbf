#include "scheduler/engine/replies/open_messages.h"

#include <algorithm>
#include <optional>

#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/transitions.h"

namespace aftercare::engine {
namespace {

absl::Status Redirect(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now,
                      store::ReminderRow* row) {
  if (WindowHasClosed(context, *row, now)) return absl::OkStatus();  // the sweep will expire it
  if (HasRefusedCategory(context, RuleOf(context, *row).source().category())) {
    return ChangeReminder(tx, context, ReminderEvent::kSuppress, v1::REMINDER_REASON_CATEGORY_REFUSED, now, row);
  }
  const std::optional<int> next = PermittedContactPoint(context, row->contact_point);
  if (!next) return ChangeReminder(tx, context, ReminderEvent::kSuppress, v1::REMINDER_REASON_OPTED_OUT, now, row);
  const bool is_moved = *next != row->contact_point;
  const bool is_held = IsHeld(context, RuleOf(context, *row).compiled(), *next);
  if (is_moved) {
    SetContactPoint(context, *next, row);
    row->failures = 0;
  }
  if (row->state == v1::REMINDER_STATE_LEASED) {
    if (!is_moved && !is_held) return absl::OkStatus();
    MakeAvailable(context, now, row);
    tx.NoteLeaseRevoked(*row);
    return ChangeReminder(tx, context, ReminderEvent::kRelease, v1::REMINDER_REASON_UNSPECIFIED, now, row);
  }
  const bool may_be_offered = !is_held && context.row.state != v1::ENROLLMENT_STATE_PAUSED;
  if (!is_moved && row->available.has_value() == may_be_offered) return absl::OkStatus();
  // A pause after a failure was for the old contact point.
  MakeAvailable(context, std::min(row->available.value_or(now), now), row);
  return StoreReminder(tx, context, *row, now);
}

}  // namespace

absl::Status RedirectOpenMessages(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now) {
  auto rows = RowsOf(tx, context, kOpenStates);
  if (!rows.ok()) return rows.status();
  for (store::ReminderRow& row : *rows) {
    if (RuleOf(context, row).compiled().audience == v1::AUDIENCE_CARE_TEAM) continue;
    if (absl::Status status = Redirect(tx, context, now, &row); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace aftercare::engine
