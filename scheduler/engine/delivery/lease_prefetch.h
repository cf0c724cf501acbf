// Reads ahead of a stream that leases batch after batch.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_PREFETCH_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_PREFETCH_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/delivery/lease_terms.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Puts the enrollments of the `max` reminders that may be leased next by the terms at `now` into the cache, so that the
// mutation which leases them need not read them. A guess, which costs nothing but time if it is wrong. Thread safe.
absl::Status PrefetchLeasable(DeliveryContext& context, store::ReadTransaction& tx, const LeaseTerms& terms,
                              absl::Time now, int max);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_PREFETCH_H_
