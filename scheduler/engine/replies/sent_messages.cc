#include "scheduler/engine/replies/sent_messages.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/store/address_key.h"

namespace aftercare::engine {
namespace {

constexpr v1::ReminderState kSentStates[] = {v1::REMINDER_STATE_SENT, v1::REMINDER_STATE_DELIVERED,
                                             v1::REMINDER_STATE_COMPLETED};

std::string KeyOf(const v1::ContactPoint& point) { return store::AddressKey(point.channel(), point.address()); }

// Returns when a message was sent. What was recorded before leases were has only the time of its last report.
absl::Time SentTimeOf(const store::ReminderRow& row, const record::v1::ReminderRecord& record) {
  if (record.sent_micros() != 0) return absl::FromUnixMicros(record.sent_micros());
  if (record.attempts().empty()) return row.state_time;
  return absl::FromUnixMicros(record.attempts().rbegin()->lease_micros());
}

// Returns the key of the address to which the last attempt before `sent` went.
std::string SentTo(const EnrollmentContext& context, const store::ReminderRow& row,
                   const record::v1::ReminderRecord& record, absl::Time sent) {
  for (auto attempt = record.attempts().rbegin(); attempt != record.attempts().rend(); ++attempt) {
    if (absl::FromUnixMicros(attempt->lease_micros()) <= sent) return KeyOf(attempt->contact_point());
  }
  const auto& points = context.row.data.contact_points();
  const bool is_there = record.attempts().empty() && row.contact_point < points.size();
  return is_there ? KeyOf(points[row.contact_point]) : "";
}

}  // namespace

absl::StatusOr<std::vector<SentMessage>> SentMessagesOf(store::ReadTransaction& tx,
                                                        const std::vector<EnrollmentContext>& enrollments,
                                                        absl::Time since, absl::Time until) {
  std::vector<SentMessage> messages;
  for (size_t i = 0; i < enrollments.size(); ++i) {
    auto rows = RowsOf(tx, enrollments[i], kSentStates);
    if (!rows.ok()) return rows.status();
    for (store::ReminderRow& row : *rows) {
      if (row.attempts == 0) continue;  // completed without being sent
      const record::v1::ReminderRecord record = RecordOf(row);
      const absl::Time sent = SentTimeOf(row, record);
      if (sent < since || sent > until) continue;
      std::string address_key = SentTo(enrollments[i], row, record, sent);
      messages.push_back({i, std::move(row), sent, std::move(address_key)});
    }
  }
  std::stable_sort(messages.begin(), messages.end(), [](const SentMessage& a, const SentMessage& b) {
    return std::tuple(a.sent, a.row.due, !a.IsAnswered()) > std::tuple(b.sent, b.row.due, !b.IsAnswered());
  });
  return messages;
}

}  // namespace aftercare::engine
