// What gateways tell about leases: what became of a message, and that a lease is needed for longer.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_REPORT_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_REPORT_H_

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Both functions are thread safe. Requests and responses must live until `done`. The response has one result for each
// item of the request, in the same order. An item that is refused has its error in its result and harms no other item;
// the whole request fails only if it is malformed or the store fails.

// Applies reports: each changes the state of its reminder.
void ReportDeliveries(DeliveryContext& context, const CallPtr& call, const v1::ReportDeliveriesRequest& request,
                      v1::ReportDeliveriesResponse* response, Done done);

// Extends leases that the gateway holds, up to the end of the reminder's window.
void ExtendLeases(DeliveryContext& context, const CallPtr& call, const v1::ExtendLeasesRequest& request,
                  v1::ExtendLeasesResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_REPORT_H_
