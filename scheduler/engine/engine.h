#ifndef AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_

#include <cstdint>

#include "absl/time/time.h"
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
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/reminders/reminders.h"
#include "scheduler/engine/replies/consent.h"
#include "scheduler/engine/replies/replies.h"
#include "scheduler/engine/runtime/authorizer.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/engine/runtime/telemetry.h"

namespace aftercare::engine {

// What an engine does otherwise than by default.
struct EngineOptions {
  // ZoneDatabaseFingerprint, or 0 if there is only ever one. If it differs from that of the last run over this store,
  // all enrollments are replanned, in the background.
  int64_t zone_database = 0;
  // Events stay in the log for this time, in real time.
  absl::Duration event_retention = kDefaultEventRetention;
  // Says what callers may do. Must outlive the engine. Null: a RoleAuthorizer.
  const Authorizer* authorizer = nullptr;
  // Is told of the engine's work. Must outlive the engine. Null: nobody is.
  Telemetry* telemetry = nullptr;
};

// All use cases over one store and one clock, and the threads that work on their own: it fires what comes due from the
// moment it is made. Thread safe.
class Engine {
 public:
  // `store` and `clock` must outlive the engine. `on_health` is called when the store stops (false) and resumes (true)
  // taking commits.
  Engine(store::Store& store, Clock& clock, store::Store::HealthListener on_health, const EngineOptions& options = {});

  // Ends every wait: long polls and watches end UNAVAILABLE. Work under way is finished by the store's Close, which
  // must come before the engine is destroyed.
  void Shutdown();

  // Begins a call of the API. The engine must outlive it.
  CallPtr NewCall(Call::Details details) { return Call::Make(context, std::move(details)); }

  // What the use cases share; nobody outside the engine but its tests uses it. They are destroyed in the reverse order,
  // so the use cases go first.
  EngineContext context;
  EnrollmentCache enrollment_cache;
  EnrollmentIndexCache enrollment_index_cache;
  EventFeed event_feed;
  LeaseRevocations lease_revocations;
  Sweeper sweeper;
  EventLogCleaner event_log_cleaner;

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
  // Makes this engine hear of the store's commits, and returns `context`. Must run before anything is submitted to the
  // store.
  EngineContext& Listen(store::Store& store, Telemetry& telemetry, store::Store::HealthListener on_health);
  // Wakes everybody whom a commit concerns. Runs on the writer's thread.
  void OnCommit(const store::CommitNotes& notes, Telemetry& telemetry);
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_
