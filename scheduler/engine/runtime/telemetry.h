// What the engine tells of its work while it works, for metrics.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TELEMETRY_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TELEMETRY_H_

#include "absl/time/time.h"

namespace aftercare::engine {

// Does nothing with what it is told. Implementations are thread safe, do not block, and outlive the engine.
class Telemetry {
 public:
  virtual ~Telemetry() = default;

  // A commit of the store succeeded. `duration` is the time from its first mutation until it was durable, `mutations`
  // the number of mutations that it holds. Called on the writer's thread.
  virtual void OnCommit(absl::Duration duration, int mutations) {}

  // A message was leased to a gateway, `lag` after it became available. Messages on a test clock are not counted.
  virtual void OnOffered(absl::Duration lag) {}

  // One that does nothing.
  static Telemetry& None() {
    static Telemetry none;
    return none;
  }
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TELEMETRY_H_
