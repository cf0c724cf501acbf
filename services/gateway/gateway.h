#ifndef AFTERCARE_SERVICES_GATEWAY_GATEWAY_H_
#define AFTERCARE_SERVICES_GATEWAY_GATEWAY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/callbacks.h"
#include "services/gateway/route.h"
#include "services/gateway/server_link.h"

namespace aftercare::gateway {

// A route for each channel of the configuration, and the callbacks of SMS. Thread safe.
class Gateway {
 public:
  // Begins at once, whether the server is there or not. UNAVAILABLE if callbacks cannot be listened for.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const v1::GatewayConfig& config);

  // Takes nothing more, lets what is being sent end and reports it; as long as sending may take, and 10 seconds for the
  // reports. Answers how many messages were sent that the server does not know of. Call once.
  size_t Drain();

  // Where callbacks are listened for; 0 if nowhere.
  int callback_port() const { return callbacks_ == nullptr ? 0 : callbacks_->port(); }

 private:
  Gateway() = default;
  void AddRoutes(const v1::GatewayConfig& config);

  std::unique_ptr<ServerLink> link_;
  std::unique_ptr<Callbacks> callbacks_;
  std::vector<std::unique_ptr<Route>> routes_;
  absl::Duration longest_timeout_ = absl::ZeroDuration();
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_GATEWAY_H_
