#include "scheduler/engine/reminders/due_position.h"

#include <cstdint>
#include <tuple>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

namespace aftercare::engine {

bool IsListedBefore(const store::DuePosition& a, const store::DuePosition& b) {
  return std::tie(a.due, a.enrollment_row_id, a.rule, a.code) < std::tie(b.due, b.enrollment_row_id, b.rule, b.code);
}

store::DuePosition PositionOf(const store::ReminderRow& row) {
  return {row.due, row.enrollment_row_id, row.key.rule, row.key.code};
}

std::string EncodeDuePosition(const store::DuePosition& position) {
  return absl::StrCat(absl::ToUnixMicros(position.due), "/#", position.enrollment_row_id, "/", position.rule, "/",
                      position.code);
}

std::optional<store::DuePosition> DecodeDuePosition(absl::string_view text) {
  std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  int64_t micros = 0;
  store::DuePosition position;
  // The sign tells the number from an id, which earlier releases wrote here.
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &micros) || !absl::ConsumePrefix(&parts[1], "#") ||
      !absl::SimpleAtoi(parts[1], &position.enrollment_row_id) || !absl::SimpleAtoi(parts[3], &position.code)) {
    return std::nullopt;
  }
  position.due = absl::FromUnixMicros(micros);
  position.rule = std::string(parts[2]);
  return position;
}

}  // namespace aftercare::engine
