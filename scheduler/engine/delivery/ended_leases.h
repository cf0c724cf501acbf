// Finds out which leases have ended. A lease ends when it expires, or when its reminder expires, is cancelled or taken
// back, or is sent by another gateway.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_ENDED_LEASES_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_ENDED_LEASES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/held_leases.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Returns those of `leases` that are no longer held at `now`, each with the state of its reminder. `now` is the time on
// the clock of their clinics. Thread safe.
absl::StatusOr<std::vector<v1::EndedLease>> FindEndedLeases(store::ReadTransaction& tx,
                                                            const std::vector<HeldLease>& leases, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_ENDED_LEASES_H_
