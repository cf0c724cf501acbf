// Leases as gateways see them.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_VIEW_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_VIEW_H_

#include <vector>

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/delivery/lease_selection.h"

namespace aftercare::engine {

// Returns the leases of a batch in the order of the batch. The batch must be durable: its enrollments are put into the
// cache, for the reports that will follow. Rendering the texts takes longer than leasing, so do not call this on the
// writer's thread. Thread safe.
std::vector<v1::Lease> LeasesToProto(DeliveryContext& context, const LeaseBatch& batch);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_VIEW_H_
