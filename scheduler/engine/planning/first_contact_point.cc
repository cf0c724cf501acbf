#include "scheduler/engine/planning/first_contact_point.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aftercare/record/v1/reminder_record.pb.h"
#include "scheduler/engine/lifecycle/reaction_records.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/store/address_key.h"

namespace aftercare::engine {
namespace {

std::string KeyOf(const v1::ContactPoint& point) { return store::AddressKey(point.channel(), point.address()); }

// Returns the contact point that a message went to last, by its index now. Nothing if it was never leased, or if the
// patient has that address no more.
std::optional<int> LastContactPoint(const EnrollmentContext& context, const store::ReminderRow& row) {
  const record::v1::ReminderRecord record = RecordOf(row);
  if (record.attempts().empty()) return std::nullopt;
  const std::string went_to = KeyOf(record.attempts().rbegin()->contact_point());
  const auto& points = context.row.data.contact_points();
  for (int i = 0; i < points.size(); ++i) {
    if (KeyOf(points[i]) == went_to) return i;
  }
  return std::nullopt;
}

// Returns the contact point of the question before; nothing if the message is no further question.
absl::StatusOr<std::optional<int>> ContactPointBefore(store::ReadTransaction& tx, const EnrollmentContext& context,
                                                      const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  const bool is_question = rule.rule >= 0 && rule.compiled().questionnaire >= 0;
  if (!is_question || !rule.compiled().IsReaction()) return std::nullopt;
  const std::vector<std::string> before = CausingReminders(context, row);
  if (before.empty()) return std::nullopt;
  const auto key = ParseReminderName(
      absl::StrCat(EnrollmentNameOf(context.row.clinic, context.row.enrollment), "/reminders/", before.front()));
  if (!key) return std::nullopt;
  auto asked = tx.GetReminder(*key, context.row.row_id);
  if (!asked.ok()) return asked.status();
  return asked->has_value() ? LastContactPoint(context, **asked) : std::nullopt;
}

}  // namespace

absl::StatusOr<int> FirstContactPoint(store::ReadTransaction& tx, const EnrollmentContext& context,
                                      const store::ReminderRow& row) {
  const auto before = ContactPointBefore(tx, context, row);
  if (!before.ok()) return before.status();
  if (*before && PermittedContactPoint(context, **before) == **before) return **before;
  return PermittedContactPoint(context, 0).value_or(0);
}

}  // namespace aftercare::engine
