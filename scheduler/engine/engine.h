#ifndef AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_
#define AFTERCARE_SCHEDULER_ENGINE_ENGINE_H_

#include <cstdint>

#include "absl/time/time.h"
#include "scheduler/engine/clinics/clinics.h"
#include "scheduler/engine/clinics/pathways.h"
#include "scheduler/engine/delivery/deliveries.h"
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
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/store.h"

namespace aftercare::engine {

// All use cases over one store and one clock, and the threads that work on their own: it fires what comes due from the
// moment it is made. Thread safe.
class Engine {
 public:
  // `store` and `clock` must outlive the engine. `on_health` is called when the store stops (false) and resumes (true)
  // taking commits. `zone_database` is ZoneDatabaseFingerprint, or 0 if there is only ever one: if it differs from that
  // of the last run over this store, all enrollments are replanned, in the background. Events stay in the log for
  // `event_retention`, in real time.
  Engine(store::Store& store, Clock& clock, store::Store::HealthListener on_health, int64_t zone_database = 0,
         absl::Duration event_retention = kDefaultEventRetention);

  // Ends every wait: long polls and watches end UNAVAILABLE. Work under way is finished by the store's Close, which
  // must come before the engine is destroyed.
  void Shutdown();

  // What the use cases share. They are destroyed in the reverse order, so the use cases go first.
  EngineContext context;
  EnrollmentCache enrollment_cache;
  EnrollmentIndexCache enrollment_index_cache;
  EventFeed event_feed;
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
