#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

namespace aftercare::store {

absl::StatusOr<std::optional<absl::Time>> ReadTransaction::OldestAvailable(absl::string_view clock) {
  if (absl::Status access = CheckAccess(clock); !access.ok()) return access;
  Query query(connection_,
              "SELECT available FROM reminder WHERE clock = $1 AND available IS NOT NULL ORDER BY available LIMIT 1");
  query.Text(clock);
  return FirstInstant(query);
}

// A lease keeps its message from being available until it expires, so nothing before `now` is looked at.
absl::StatusOr<int64_t> ReadTransaction::CountLeases(absl::string_view clock, absl::Time now) {
  if (absl::Status access = CheckAccess(clock); !access.ok()) return access;
  Query query(connection_, "SELECT COUNT(*) FROM reminder WHERE clock = $1 AND available > $2 AND state = $3");
  query.Text(clock).Instant(now).Int(v1::REMINDER_STATE_LEASED);
  return FirstIntOrZero(query);
}

absl::StatusOr<int64_t> ReadTransaction::StoreBytes() {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  return connection_.SizeBytes();
}

}  // namespace aftercare::store
