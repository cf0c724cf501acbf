// The interface through which the engine reports measurements of its work, for metrics.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TELEMETRY_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TELEMETRY_H_

#include "absl/time/time.h"

namespace aftercare::engine {

// This base class ignores all reports. Implementations must be thread safe, must not block, and must outlive the
// engine.
class Telemetry {
 public:
  virtual ~Telemetry() = default;

  // A commit of the store succeeded. The arguments are those of Store::GroupListener. Called on the writer's thread.
  virtual void OnCommit(absl::Duration duration, int mutations) {}

  // A message was leased to a gateway, `lag` after it became available. Not called for messages on a test clock.
  virtual void OnOffered(absl::Duration lag) {}

  // Returns an instance that ignores all reports.
  static Telemetry& None() {
    static Telemetry none;
    return none;
  }
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TELEMETRY_H_
