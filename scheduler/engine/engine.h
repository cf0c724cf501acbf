#ifndef AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_

#include "scheduler/engine/clinics/clinics.h"
#include "scheduler/engine/clinics/pathways.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/engine/enrollments/enrollments.h"
#include "scheduler/engine/enrollments/visits.h"
#include "scheduler/engine/events/event_log_cleaner.h"
#include "scheduler/engine/events/watch.h"
#include "scheduler/engine/lifecycle/sweep.h"
#include "scheduler/engine/reminders/reminders.h"
#include "scheduler/engine/replies/consent.h"
#include "scheduler/engine/replies/replies.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// All use cases over one store and one clock. Fires what is due from the moment it is made. Thread safe.
class Engine {
 public:
  // Both must outlive the engine. `on_health` is told when the store stops (false) and resumes (true) taking commits.
  // Where `zone_database` (ZoneDatabaseFingerprint, or 0 for who has but one) is not what it last was over this store,
  // all enrollments are planned anew, in the background. Events are kept for `event_retention`, real time.
  Engine(store::Store& store, Clock& clock, store::Store::HealthListener on_health, int64_t zone_database = 0,
         absl::Duration event_retention = kDefaultEventRetention);

  // Ends every wait: long polls and watches end UNAVAILABLE. Work under way is finished by the store's Close, which
  // must come before the engine is destroyed.
  void Shutdown();

  EngineContext context;
  Sweeper sweeper;
  EventLogCleaner event_log_cleaner;
  Clinics clinics;
  Pathways pathways;
  Enrollments enrollments;
  Visits visits;
  Reminders reminders;
  Deliveries deliveries;
  Consents consents;
  Replies replies;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_
