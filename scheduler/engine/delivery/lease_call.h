// One LeaseReminders call: leases what is due, or waits until something is.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_CALL_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_CALL_H_

#include <memory>

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// A handle of a call that was started. Copies are handles of the same call. Destroying a handle does not end the call.
// Thread safe.
class LeaseCall {
 public:
  // A handle of no call.
  LeaseCall() = default;

  // Starts a call. Calls `done` exactly once, possibly before Start returns: with OK when reminders were leased or the
  // wait of the request is over, or with the error. `response` must live until `done`.
  static LeaseCall Start(DeliveryContext& context, const CallPtr& call, const v1::LeaseRemindersRequest& request,
                         v1::LeaseRemindersResponse* response, Done done);

  // Ends a waiting call with CANCELLED. A call that has not leased yet leases nothing. A call that is over, or is
  // leasing right now, ends as it would.
  void Cancel();

 private:
  class Work;

  std::shared_ptr<Work> work_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_CALL_H_
