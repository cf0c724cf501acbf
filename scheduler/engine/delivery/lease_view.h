// Makes leases as gateways see them, with rendered texts.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_VIEW_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_VIEW_H_

#include <vector>

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/delivery/lease_selection.h"

namespace aftercare::engine {

// Returns the leases of a batch, in the order of the batch. Also puts the batch's enrollments into the enrollment
// cache, for the reports that will follow; so the batch must have been committed. Do not call this on the writer's
// thread, since rendering the texts takes longer than leasing. Thread safe.
std::vector<v1::Lease> LeasesToProto(DeliveryContext& context, const LeaseBatch& batch);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_VIEW_H_
