// The order in which reminders are listed, and the position in a list after which the next page begins. Functions are
// pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_DUE_POSITION_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_DUE_POSITION_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Returns true if `a` is listed before `b`: in order of due time, then enrollment, rule and code.
bool IsListedBefore(const store::DuePosition& a, const store::DuePosition& b);

// Returns the position of a stored reminder.
store::DuePosition PositionOf(const store::ReminderRow& row);

// Returns a position as the payload of a page token.
std::string EncodeDuePosition(const store::DuePosition& position);

// Returns the position that EncodeDuePosition wrote as `text`; nothing if `text` does not have that form.
std::optional<store::DuePosition> DecodeDuePosition(absl::string_view text);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_DUE_POSITION_H_
