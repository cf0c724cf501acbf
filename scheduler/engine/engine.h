#ifndef AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <set>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/access/access.h"
#include "scheduler/engine/access/access_table.h"
#include "scheduler/engine/adherence/adherence_counter.h"
#include "scheduler/engine/clinics/clinics.h"
#include "scheduler/engine/clinics/pathways.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/engine/delivery/lease_revocations.h"
#include "scheduler/engine/enrollments/enrollments.h"
#include "scheduler/engine/enrollments/visits.h"
#include "scheduler/engine/events/event_feed.h"
#include "scheduler/engine/events/event_log_cleaner.h"
#include "scheduler/engine/events/watch.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/planning/sweeper.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/reminders/reminders.h"
#include "scheduler/engine/replies/consent.h"
#include "scheduler/engine/replies/replies.h"
#include "scheduler/engine/runtime/authorizer.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/engine/runtime/telemetry.h"

namespace aftercare::engine {

// Settings of an engine.
struct EngineOptions {
  // The result of ZoneDatabaseFingerprint; 0 if the time zone rules never change. If it differs from that of the last
  // run over this store, all enrollments are replanned, in the background.
  int64_t zone_database = 0;
  // Events stay in the log at least this long, in real time.
  absl::Duration event_retention = kDefaultEventRetention;
  // Decides what callers may do. Must outlive the engine. Null stands for the engine's access table.
  const Authorizer* authorizer = nullptr;
  // Receives measurements of the engine's work. Must outlive the engine. Null stands for none.
  Telemetry* telemetry = nullptr;
};

// All use cases over one store and one clock, and the background threads. From its construction on it fires reminders
// as they come due. Thread safe.
class Engine {
 public:
  // `store` and `clock` must outlive the engine. `on_health` is called with false when commits of the store begin to
  // fail, and with true when they succeed again; see Store::HealthListener. It may be null.
  Engine(store::Store& store, Clock& clock, store::Store::HealthListener on_health, const EngineOptions& options = {});

  // Ends every wait: long polls and watches end with UNAVAILABLE. Does not wait for work under way. The caller must
  // call the store's Close, which finishes that work, before it destroys the engine.
  void Shutdown();

  // Begins a call of the API. The engine must outlive the call.
  CallPtr NewCall(Call::Details details) { return Call::Make(context, std::move(details)); }

  // What the use cases share; outside of the engine only tests use these members. Members are destroyed in reverse
  // order, so the use cases below go first.
  AccessTable access_table;
  EngineContext context;
  EnrollmentCache enrollment_cache;
  EnrollmentIndexCache enrollment_index_cache;
  EventFeed event_feed;
  LeaseRevocations lease_revocations;
  AdherenceCounter adherence_counter;
  Sweeper sweeper;
  EventLogCleaner event_log_cleaner;

  Access access;
  Clinics clinics;
  Pathways pathways;
  Enrollments enrollments;
  Visits visits;
  Reminders reminders;
  Deliveries deliveries;
  Watches watches;
  Consents consents;
  Replies replies;

 private:
  // Sets the store's listeners to this engine, and returns `context`. Must run before anything is submitted to the
  // store.
  EngineContext& Listen(store::Store& store, Telemetry& telemetry, store::Store::HealthListener on_health);
  // Wake everybody whom a commit concerns. Run on the writer's thread.
  bool BeforeCommit(const store::CommitNotes& notes);
  void OnCommit(const store::CommitNotes& notes, Telemetry& telemetry);
  // Wakes those who wait for messages of these clinics.
  void NotifyLeasable(const std::set<absl::string_view>& clinics);
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_
