// Finds out which leases have ended: they expired, or their reminders were called off, sent by others, or expired.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_ENDED_LEASES_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_ENDED_LEASES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/held_leases.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Returns those of `leases` that are not held any more at `now`, by the clock of their clinic, each with the state that
// its reminder has. Thread safe.
absl::StatusOr<std::vector<v1::EndedLease>> FindEndedLeases(store::ReadTransaction& tx,
                                                            const std::vector<HeldLease>& leases, absl::Time now);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_ENDED_LEASES_H_
