// Takes what gateways report about their leases: what became of a message, and that they need a lease for longer.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_REPORT_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_REPORT_H_

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Both functions are thread safe. Requests and responses must live until `done` is called. The response has one result
// for each item of the request, in the same order. If an item is refused, its result has the error, and the other items
// are still applied. The whole request fails only if it is malformed, the caller may not report at all, or the store
// fails.

// Applies reports. Each changes the state of the reminder that was leased. A SENT is accepted even if the lease has
// ended, because a message that was sent cannot be unsent.
void ReportDeliveries(DeliveryContext& context, const CallPtr& call, const v1::ReportDeliveriesRequest& request,
                      v1::ReportDeliveriesResponse* response, Done done);

// Extends leases that the gateway holds. A lease never ends sooner than before, and never after the reminder's window.
void ExtendLeases(DeliveryContext& context, const CallPtr& call, const v1::ExtendLeasesRequest& request,
                  v1::ExtendLeasesResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_REPORT_H_
