#include <algorithm>

#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

namespace aftercare::store {

absl::StatusOr<std::optional<absl::Time>> ReadTransaction::OldestAvailable(absl::string_view clock) {
  auto number = NumberToRead(clock);
  if (!number.ok()) return number.status();
  auto queues = WaitingQueues(*number);
  if (!queues.ok()) return queues.status();
  std::optional<absl::Time> oldest;
  for (const WaitingQueue& queue : *queues) oldest = std::min(queue.available, oldest.value_or(queue.available));
  return oldest;
}

// A lease keeps its message from being available until it expires, so nothing before `now` is looked at.
absl::StatusOr<int64_t> ReadTransaction::CountLeases(absl::string_view clock, absl::Time now) {
  auto number = NumberToRead(clock);
  if (!number.ok()) return number.status();
  auto queues = WaitingQueues(*number);
  if (!queues.ok()) return queues.status();
  int64_t leases = 0;
  for (const WaitingQueue& queue : *queues) {
    Query query(connection_,
                "SELECT COUNT(*) FROM reminder WHERE clock = $1 AND channel = $2 AND clinic = $3 AND available > $4"
                " AND state = $5");
    query.Int(*number).Int(queue.channel).Int(queue.clinic).Instant(now).Int(v1::REMINDER_STATE_LEASED);
    auto count = FirstIntOrZero(query);
    if (!count.ok()) return count.status();
    leases += *count;
  }
  return leases;
}

absl::StatusOr<int64_t> ReadTransaction::StoreBytes() {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  return connection_.SizeBytes();
}

}  // namespace aftercare::store
