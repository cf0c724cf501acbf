// What all use cases share: the store, the clocks, the definitions they plan by, and the ways to read and to write.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ENGINE_CONTEXT_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ENGINE_CONTEXT_H_

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "scheduler/engine/runtime/caller.h"
#include "scheduler/engine/runtime/clock.h"
#include "scheduler/engine/runtime/definition_cache.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/timers.h"
#include "scheduler/engine/runtime/tokens.h"
#include "scheduler/engine/runtime/wakeup_hub.h"
#include "scheduler/store/store.h"

namespace aftercare::engine {

// Called exactly once when a use case ends, on any thread. With OK, the response has been filled in. Must be short and
// must not block.
using Done = absl::AnyInvocable<void(absl::Status)>;

// Thread safe. Must outlive every use case that was started.
class EngineContext {
 public:
  // `store` and `clock` must outlive the context. `zone_database` is the fingerprint of this process's time zone rules.
  EngineContext(store::Store& store, Clock& clock, int64_t zone_database)
      : store_(store),
        clock_(clock),
        zone_database_(zone_database),
        tokens_(store.secret()),
        wakeups_(timers_) {}

  Clock& clock() { return clock_; }
  DefinitionCache& definitions() { return definitions_; }
  const Tokens& tokens() const { return tokens_; }
  Timers& timers() { return timers_; }
  WakeupHub& wakeups() { return wakeups_; }
  store::Store& store() { return store_; }
  int64_t zone_database() const { return zone_database_; }

  // Returns the fingerprint of what the enrollments of a clinic are planned by, besides their own facts: the clinic's
  // calendar (given by its fingerprint) and the time zone rules. It changes if either changes, and returns to what it
  // was if both do.
  int64_t PlanFingerprintOf(int64_t calendar_fingerprint) const { return calendar_fingerprint ^ zone_database_; }

  // Runs `work` on a snapshot, then calls `done` with its status.
  void Read(absl::AnyInvocable<absl::Status(store::ReadTransaction&)> work, Done done);

  // The same for work that belongs to a mutation but need not be done on the writer's thread. Runs on a thread of its
  // own, so that it never waits for reads.
  void ReadInBackground(absl::AnyInvocable<absl::Status(store::ReadTransaction&)> work, Done done);

  // Runs `work` on the thread of ReadInBackground. It runs even if the store is closed or cannot be read.
  void RunInBackground(absl::AnyInvocable<void()> work);

  // Runs `work` in a mutation, then calls `done` when it is durable, or with the error. `work` may run more than once,
  // and must not depend on what an earlier run left behind.
  void Write(store::Store::Mutation work, Done done) { store_.Submit(std::move(work), std::move(done)); }

  // The same for an RPC. `response` is cleared before each run of `work`. A `request_id` that is not empty makes the
  // RPC idempotent within the clinic: the same request gets the first response again, another request with that id
  // ALREADY_EXISTS / REQUEST_ID_REUSED. `request` and `response` must live until `done` is called.
  void Mutate(const google::protobuf::Message& request, absl::string_view clinic, absl::string_view request_id,
              google::protobuf::Message* response, store::Store::Mutation work, Done done);

  // Returns the time on the clinic's clock: its test clock if it has one, else real time.
  absl::Time Now(const store::ClinicRow& clinic) const;

  absl::Time RealNow() const { return clock_.Now(); }

 private:
  store::Store& store_;
  Clock& clock_;
  const int64_t zone_database_;
  Tokens tokens_;
  DefinitionCache definitions_;
  WakeupHub wakeups_;
  Timers timers_;  // last, so that it is destroyed first: a timer that is ringing still finds wakeups_
};

// Returns the clock that a clinic lives by.
store::ClockId ClockOf(const store::ClinicRow& clinic);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ENGINE_CONTEXT_H_
