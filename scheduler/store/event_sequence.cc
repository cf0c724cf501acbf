#include "scheduler/store/event_sequence.h"

#include "scheduler/store/query.h"

namespace aftercare::store {

absl::StatusOr<EventSequence> EventSequence::Load(Connection& connection) {
  Query query(connection, "SELECT number FROM meta WHERE key = 'last_event_seq'");
  const absl::StatusOr<int64_t> last = FirstIntOrZero(query);
  if (!last.ok()) return last.status();
  return EventSequence(*last);
}

absl::Status EventSequence::Save(Connection& connection) const {
  return Query(connection, "UPDATE meta SET number = $1 WHERE key = 'last_event_seq'").Int(last_).Run();
}

}  // namespace aftercare::store
