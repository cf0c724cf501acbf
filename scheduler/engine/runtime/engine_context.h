// What all use cases share: the store, the clocks, the compiled pathways, and the ways to read and to change.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ENGINE_CONTEXT_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ENGINE_CONTEXT_H_

#include <cstdint>
#include <string>

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

// Ends a use case, exactly once, on any thread: with OK the response is filled in. Short, and never blocks.
using Done = absl::AnyInvocable<void(absl::Status)>;

// Thread safe. Outlives every use case that was started.
class EngineContext {
 public:
  // `store` and `clock` must outlive the engine. `zone_database` is the fingerprint of the time zones of this process.
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

  // Fingerprint of what an enrollment is planned by besides itself, in a clinic with that fingerprint of its calendar:
  // when either of the two becomes another, so does this, and when it comes back, so does this.
  int64_t PlanFingerprintOf(int64_t calendar_fingerprint) const { return calendar_fingerprint ^ zone_database_; }

  // Runs `work` on a snapshot, then `done` with its status.
  void Read(absl::AnyInvocable<absl::Status(store::ReadTransaction&)> work, Done done);

  // What a mutation needs done around it that the writer's thread is spared: `work` on a snapshot, then `done`; or just
  // `work`, which is done in any case. Waits for its like only, not for reads.
  void ReadInBackground(absl::AnyInvocable<absl::Status(store::ReadTransaction&)> work, Done done);
  void RunInBackground(absl::AnyInvocable<void()> work);

  // Runs `work` in a mutation, then `done` when it is durable, or with the error. `work` may run more than once and
  // must begin afresh each time.
  void Write(store::Store::Mutation work, Done done) { store_.Submit(std::move(work), std::move(done)); }

  // The same for an RPC: `response` is cleared before each run of `work`, and `request_id`, if not empty, makes it
  // idempotent within the clinic. `request` and `response` must live until `done`.
  void Mutate(const google::protobuf::Message& request, absl::string_view clinic, absl::string_view request_id,
              google::protobuf::Message* response, store::Store::Mutation work, Done done);

  // What time it is in a clinic: its test clock's, or real time.
  absl::Time Now(const store::ClinicRow& clinic) const;

  // Real time.
  absl::Time RealNow() const { return clock_.Now(); }

 private:
  store::Store& store_;
  Clock& clock_;
  const int64_t zone_database_;
  Tokens tokens_;
  DefinitionCache definitions_;
  WakeupHub wakeups_;
  Timers timers_;  // after the topics, so that it goes first: a timer that is ringing still finds them
};

// The clock a clinic lives by.
store::ClockId ClockOf(const store::ClinicRow& clinic);

// A hash over the whole message, the same in every process.
uint64_t Fingerprint(const google::protobuf::Message& message);

// WakeupHub. What wakes leases of a clinic, leases of all clinics in real time, and who must know that leases may have
// been ended by others than their holders.
std::string LeasesTopic(absl::string_view clinic);
inline constexpr absl::string_view kAllLeasesTopic = "leases/";
inline constexpr absl::string_view kLeasesRevokedTopic = "leases-revoked";

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ENGINE_CONTEXT_H_
