#ifndef AFTERCARE_SERVICES_GATEWAY_GATEWAY_H_
#define AFTERCARE_SERVICES_GATEWAY_GATEWAY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/auto_replies.h"
#include "services/gateway/callbacks.h"
#include "services/gateway/route.h"
#include "services/gateway/server_link.h"

namespace aftercare::gateway {

// The gateway: a Route for each channel of the configuration, and the Callbacks and AutoReplies of SMS. Not thread
// safe; it works on threads of its own.
class Gateway {
 public:
  // Starts the gateway. `config` must come from LoadConfig. The server need not be reachable yet. Returns UNAVAILABLE
  // if the address for callbacks cannot be listened on, or its certificate cannot be read.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const v1::GatewayConfig& config);

  // Stops the gateway. Leases nothing more, takes no more callbacks, waits until the messages being sent and the
  // automatic replies are done, and reports the messages. Waits at most as long as one sending may take and one second,
  // then 10 seconds for the reports; before that, up to 10 seconds for a callback that is being taken. Returns how many
  // messages were sent that the server has not confirmed. Call it once.
  size_t Drain();

  // The port on which callbacks are listened for, or 0 if the gateway does not listen.
  int callback_port() const { return callbacks_ == nullptr ? 0 : callbacks_->port(); }

 private:
  Gateway() = default;
  void AddRoutes(const v1::GatewayConfig& config);

  std::unique_ptr<ServerLink> link_;
  std::unique_ptr<AutoReplies> auto_replies_;  // set if the gateway listens for callbacks
  std::unique_ptr<Callbacks> callbacks_;
  std::vector<std::unique_ptr<Route>> routes_;
  absl::Duration longest_timeout_ = absl::ZeroDuration();
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_GATEWAY_H_
