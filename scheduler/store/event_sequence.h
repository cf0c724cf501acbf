// The sequence that numbers the events of a store: ascending, no number twice. There is one writer in one process, so
// the count is kept in memory. The last number of each commit is stored with that commit, so no number is reused even
// after old events are deleted.
//
// Thread safety: none; it belongs to the writer.
#ifndef AFTERCARE_SCHEDULER_STORE_EVENT_SEQUENCE_H_
#define AFTERCARE_SCHEDULER_STORE_EVENT_SEQUENCE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

class EventSequence {
 public:
  // Reads the last number that was committed. The sequence continues after it.
  static absl::StatusOr<EventSequence> Load(Connection& connection);

  // Returns a number greater than all before. Numbers of mutations that are rolled back are skipped.
  absl::StatusOr<int64_t> Next() { return ++last_; }

  // Stores the last number in the current transaction. Call it before the commit of every transaction that appended
  // events, because readers take the stored number as the end of the log.
  absl::Status Save(Connection& connection) const;

  // The last number that Next returned, committed or not. Before the first Next, the number that Load read.
  int64_t last() const { return last_; }

 private:
  explicit EventSequence(int64_t last) : last_(last) {}

  int64_t last_;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_EVENT_SEQUENCE_H_
