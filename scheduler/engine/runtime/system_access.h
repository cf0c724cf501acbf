// Unrestricted access to data, for the work that the service does without a caller: firing reminders, reading the event
// log for all watchers, and deleting old data. Use cases reach data through their Call instead (call.h). A test limits
// which files may include this header.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_SYSTEM_ACCESS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_SYSTEM_ACCESS_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Thread safe. `engine` must live until `done` is called. Each function calls `done` exactly once, on any thread and
// perhaps before it returns: with the status of `work`, or with that of the store (UNAVAILABLE, RESOURCE_EXHAUSTED) if
// `work` could not run or its changes could not be committed.
class SystemAccess {
 public:
  using ReadWork = absl::AnyInvocable<absl::Status(store::ReadTransaction&)>;
  using WriteWork = absl::AnyInvocable<absl::Status(store::WriteTransaction&)>;

  // Runs `work` on a snapshot of all data.
  static void Read(EngineContext& engine, ReadWork work, Done done);

  // As Read, for work that prepares a mutation: it runs on a separate thread, so it never waits for the reads of
  // clients.
  static void ReadInBackground(EngineContext& engine, ReadWork work, Done done);

  // Runs `work` in a mutation, and calls `done` when the mutation is durable. `work` may run more than once, and must
  // not depend on what an earlier run left behind. The events of the mutation name no actor.
  static void Write(EngineContext& engine, WriteWork work, Done done);

  // The numbers of queued mutations and reads; see Store::QueueDepth.
  struct QueueDepths {
    int mutations;
    int reads;
    int background_reads;
  };
  static QueueDepths Queues(const EngineContext& engine);
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_SYSTEM_ACCESS_H_
