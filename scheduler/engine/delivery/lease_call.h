// One LeaseReminders call: leases what is due, or waits until something is.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_CALL_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_CALL_H_

#include <memory>

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// A handle of a call that was started. Copies refer to the same call. Destroying a handle does not end the call. Thread
// safe.
class LeaseCall {
 public:
  // Makes a handle that refers to no call.
  LeaseCall() = default;

  // Starts a call. Calls `done` exactly once, possibly before Start returns: with OK when reminders were leased or the
  // wait of the request is over, or with the error. `response` must live until `done` is called; `request` only until
  // Start returns.
  static LeaseCall Start(DeliveryContext& context, const CallPtr& call, const v1::LeaseRemindersRequest& request,
                         v1::LeaseRemindersResponse* response, Done done);

  // Ends the call with CANCELLED, without leases, if it is waiting or has not begun to lease. Has no effect on a call
  // that is over or that has leased reminders. A call that is looking for reminders returns those that it finds; if it
  // finds none, it ends with CANCELLED.
  void Cancel();

 private:
  class Work;

  std::shared_ptr<Work> work_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_LEASE_CALL_H_
