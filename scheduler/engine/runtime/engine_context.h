// What all use cases share: the clock, timers, wake-ups, tokens, cached definitions, the authorizer, and the store. Use
// cases reach the store only through their Call (call.h).
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ENGINE_CONTEXT_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ENGINE_CONTEXT_H_

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/runtime/authorizer.h"
#include "scheduler/engine/runtime/clock.h"
#include "scheduler/engine/runtime/definition_cache.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/open_calls.h"
#include "scheduler/engine/runtime/timers.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/engine/runtime/wakeup_hub.h"
#include "scheduler/store/store.h"

namespace aftercare::engine {

// Called exactly once when a use case ends, on any thread. If the status is OK, the response has been filled in. Must
// be short and must not block.
using Done = absl::AnyInvocable<void(absl::Status)>;

// Thread safe. Must outlive every use case that was begun.
class EngineContext {
 public:
  // `store`, `clock` and `authorizer` must outlive the context. `zone_database` is the fingerprint of the time zone
  // rules of this process; see EngineOptions.
  EngineContext(store::Store& store, Clock& clock, const Authorizer& authorizer, int64_t zone_database)
      : store_(store),
        clock_(clock),
        authorizer_(authorizer),
        zone_database_(zone_database),
        tokens_(store.secret()),
        wakeups_(timers_),
        open_calls_(authorizer, timers_) {}

  Clock& clock() { return clock_; }
  DefinitionCache& definitions() { return definitions_; }
  const Tokens& tokens() const { return tokens_; }
  Timers& timers() { return timers_; }
  WakeupHub& wakeups() { return wakeups_; }
  // A secret of the store that never changes, for keyed hashes.
  const std::string& secret() const { return store_.secret(); }
  const Authorizer& authorizer() const { return authorizer_; }
  OpenCalls& open_calls() { return open_calls_; }
  int64_t zone_database() const { return zone_database_; }

  // Returns the fingerprint of what the enrollments of a clinic are planned by, besides their own facts: the clinic's
  // calendar (given by its fingerprint) and the time zone rules. The same calendar and rules always give the same
  // value.
  int64_t PlanFingerprintOf(int64_t calendar_fingerprint) const { return calendar_fingerprint ^ zone_database_; }

  // Runs `work`, which needs no data, on the thread of background reads (see Store::ReadInBackground). If the store is
  // closed or its queue is full, runs `work` on the calling thread, before this returns.
  void RunInBackground(absl::AnyInvocable<void()> work);

  // Returns the time on the clinic's clock: its test clock if it has one, else real time.
  absl::Time Now(const store::ClinicRow& clinic) const;

  absl::Time RealNow() const { return clock_.Now(); }

 private:
  friend class Call;
  friend class SystemAccess;

  store::Store& store_;
  Clock& clock_;
  const Authorizer& authorizer_;
  const int64_t zone_database_;
  Tokens tokens_;
  DefinitionCache definitions_;
  WakeupHub wakeups_;
  OpenCalls open_calls_;
  Timers timers_;  // last, so that it is destroyed first: a timer that is ringing still finds the other members
};

// Returns the clock of a clinic: its own id if it has a test clock, else "" for real time.
store::ClockId ClockOf(const store::ClinicRow& clinic);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ENGINE_CONTEXT_H_
