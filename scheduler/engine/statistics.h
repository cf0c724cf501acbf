// How much the engine has to do, for metrics.
#ifndef AFTERCARE_SCHEDULER_ENGINE_STATISTICS_H_
#define AFTERCARE_SCHEDULER_ENGINE_STATISTICS_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "scheduler/engine/engine.h"

namespace aftercare::engine {

// Values of one moment. Messages on test clocks are not counted.
struct Statistics {
  // Mutations that wait for the writer, and reads that wait for the readers or for the background reader.
  int queued_mutations = 0;
  int queued_reads = 0;
  int queued_background_reads = 0;

  // For how long the oldest event that was committed to a log, and that a watcher waits for, has not been read yet.
  absl::Duration event_lag;

  // What the store knows.
  struct Stored {
    absl::Duration oldest_overdue;  // how long the message that has waited for a gateway for longest is available
    int64_t leases_out = 0;         // messages that are leased by a gateway
    int64_t store_bytes = 0;        // the size of the database on the disk
  };
  std::optional<Stored> stored;  // empty if the store cannot be read
};

// Returns the statistics of an engine. Lacks what the store knows if the store does not answer within `timeout`. Thread
// safe; blocks. Must not be called on a thread of the store.
Statistics AwaitStatistics(Engine& engine, absl::Duration timeout);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_STATISTICS_H_
