// HTTP endpoint for operators and their tools, on a port of its own:
//   /livez    200 while the process answers
//   /readyz   200 while the service takes calls, else 503 with the reason
//   /metrics  the metrics, in Prometheus' text format
#ifndef AFTERCARE_SERVICES_SERVER_OPS_ENDPOINT_H_
#define AFTERCARE_SERVICES_SERVER_OPS_ENDPOINT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace aftercare::server {

// Answers on threads of its own until it is destroyed. Thread safe.
class OpsEndpoint {
 public:
  // The functions that produce the answers. They are called on the endpoint's threads, several at a time, as long as
  // the endpoint lives. They may block.
  struct Sources {
    std::function<std::string()> not_ready;  // why the service takes no calls; empty if it does
    std::function<std::string()> metrics;    // in Prometheus' text format
  };

  // Listens at once on `address`, `host:port`; port 0 takes a free port. Returns UNAVAILABLE if the address cannot be
  // listened on.
  static absl::StatusOr<std::unique_ptr<OpsEndpoint>> Start(const std::string& address, Sources sources);

  // Answers the requests under way, then stops listening.
  virtual ~OpsEndpoint() = default;

  // The port that is listened on.
  virtual int port() const = 0;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_OPS_ENDPOINT_H_
