// What the use cases of this directory share.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DELIVERY_CONTEXT_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DELIVERY_CONTEXT_H_

#include "scheduler/engine/lifecycle/fair_share.h"
#include "scheduler/engine/delivery/lease_revocations.h"
#include "scheduler/engine/lifecycle/enrollment_cache.h"
#include "scheduler/engine/reminders/enrollment_index_cache.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Thread safe. Must outlive every use case that was started.
struct DeliveryContext {
  EngineContext& engine;
  EnrollmentCache& enrollment_cache;
  EnrollmentIndexCache& enrollment_index_cache;
  LeaseRevocations& lease_revocations;
  RoundRobinCursor last_clinic = {};  // for the calls and streams that lease from all clinics
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DELIVERY_CONTEXT_H_
