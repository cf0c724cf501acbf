#include "scheduler/engine/statistics.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "scheduler/engine/runtime/system_access.h"
#include "scheduler/sync.h"

namespace aftercare::engine {
namespace {

Statistics WithoutStored(Engine& engine) {
  const SystemAccess::QueueDepths queues = SystemAccess::Queues(engine.context);
  Statistics statistics;
  statistics.queued_mutations = queues.mutations;
  statistics.queued_reads = queues.reads;
  statistics.queued_background_reads = queues.background_reads;
  statistics.event_lag = engine.event_feed.Lag();
  return statistics;
}

absl::StatusOr<Statistics::Stored> ReadStored(store::ReadTransaction& tx, absl::Time now) {
  const store::ClockId real_time;
  const auto oldest = tx.OldestAvailable(real_time);
  if (!oldest.ok()) return oldest.status();
  const auto leases = tx.CountLeases(real_time, now);
  if (!leases.ok()) return leases.status();
  const auto bytes = tx.StoreBytes();
  if (!bytes.ok()) return bytes.status();
  return Statistics::Stored{std::max(now - oldest->value_or(now), absl::ZeroDuration()), *leases, *bytes};
}

// What one call of AwaitStatistics waits for. Shared with its read, which may come after the call has given up.
struct Answer {
  Mutex mutex;
  CondVar changed;
  std::optional<absl::StatusOr<Statistics::Stored>> stored ABSL_GUARDED_BY(mutex);
};

}  // namespace

Statistics AwaitStatistics(Engine& engine, absl::Duration timeout) {
  const auto deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(timeout);
  Statistics statistics = WithoutStored(engine);
  auto stored = std::make_shared<Statistics::Stored>();
  auto answer = std::make_shared<Answer>();
  SystemAccess::Read(
      engine.context,
      [stored, now = engine.context.RealNow()](store::ReadTransaction& tx) {
        auto read = ReadStored(tx, now);
        if (read.ok()) *stored = *read;
        return read.status();
      },
      [stored, answer](absl::Status status) {
        MutexLock lock(answer->mutex);
        answer->stored = status.ok() ? absl::StatusOr<Statistics::Stored>(*stored) : std::move(status);
        answer->changed.NotifyOne();
      });
  MutexLock lock(answer->mutex);
  while (!answer->stored && answer->changed.WaitUntil(answer->mutex, deadline)) continue;
  if (answer->stored && answer->stored->ok()) statistics.stored = **answer->stored;
  return statistics;
}

}  // namespace aftercare::engine
