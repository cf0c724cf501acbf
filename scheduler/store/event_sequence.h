// Numbers the events of a store, upwards, never twice. With one writer in one process the count is held in memory; the
// last number of each commit is stored with that commit, so that deleting old events never makes a number come again.
//
// Thread safety: none; belongs to the writer.
#ifndef AFTERCARE_SCHEDULER_STORE_EVENT_SEQUENCE_H_
#define AFTERCARE_SCHEDULER_STORE_EVENT_SEQUENCE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

class EventSequence {
 public:
  // Goes on after the last number that was committed.
  static absl::StatusOr<EventSequence> Load(Connection& connection);

  // A number greater than every one before. The numbers of what is rolled back are skipped.
  absl::StatusOr<int64_t> Next() { return ++last_; }

  // Stores the last number with the transaction at hand. Must run before the commit of every transaction that appended
  // events: it is what snapshots see as the end of the log.
  absl::Status Save(Connection& connection) const;

  int64_t last() const { return last_; }

 private:
  explicit EventSequence(int64_t last) : last_(last) {}

  int64_t last_;
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_EVENT_SEQUENCE_H_
