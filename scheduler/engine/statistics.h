// How much the engine has to do, for metrics.
#ifndef AFTERCARE_SCHEDULER_ENGINE_STATISTICS_H_
#define AFTERCARE_SCHEDULER_ENGINE_STATISTICS_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "scheduler/engine/engine.h"

namespace aftercare::engine {

// Measurements at one moment. Messages on test clocks are not counted.
struct Statistics {
  // Mutations that wait for the writer, and reads that wait for the readers or for the background reader.
  int queued_mutations = 0;
  int queued_reads = 0;
  int queued_background_reads = 0;

  // How far the watchers are behind: see EventFeed::Lag.
  absl::Duration event_lag;

  // Values that are read from the store.
  struct Stored {
    absl::Duration oldest_overdue;  // for how long the oldest waiting message has been available; 0 if none waits
    int64_t leases_out = 0;         // messages under a lease that has not expired
    int64_t store_bytes = 0;        // the size of the database on the disk
  };
  std::optional<Stored> stored;  // empty if the store cannot be read
};

// Returns the statistics of an engine. Blocks for at most about `timeout` while it reads the store; `stored` is empty
// if the store does not answer in that time. Must not be called on a thread of the store. Thread safe.
Statistics AwaitStatistics(Engine& engine, absl::Duration timeout);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_STATISTICS_H_
