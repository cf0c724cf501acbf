#ifndef AFTERCARE_SERVICES_SERVER_SERVER_H_
#define AFTERCARE_SERVICES_SERVER_SERVER_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/service_type.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/engine.h"
#include "scheduler/engine/runtime/clock.h"
#include "scheduler/store/store.h"

namespace aftercare::server {

// The whole service on one address: the API, grpc.health.v1 and reflection over an engine over a store.
// Thread safe.
class Server {
 public:
  // Serves at once. `clock` must outlive the server; `zone_database` and `event_retention` are as the engine has them.
  // UNAVAILABLE if the address
  // cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const std::string& listen, std::unique_ptr<store::Store> store,
                                                       engine::Clock& clock, int64_t zone_database = 0,
                                                       absl::Duration event_retention = engine::kDefaultEventRetention);

  // Shuts down if that was not done.
  ~Server();

  int port() const { return port_; }

  // Health turns NOT_SERVING, streams and long polls end UNAVAILABLE, calls under way are given `grace` to finish, then
  // the store is closed. Call once.
  void Shutdown(absl::Duration grace);

 private:
  Server(std::unique_ptr<store::Store> store, engine::Clock& clock, int64_t zone_database,
         absl::Duration event_retention);
  absl::Status Listen(const std::string& listen);
  void SetHealthy(bool healthy);
  void ShowServing();

  std::unique_ptr<store::Store> store_;
  std::mutex serving_mutex_;  // health changes on the store's thread, and at start and stop
  grpc::HealthCheckServiceInterface* health_ = nullptr;
  bool healthy_ = true;
  bool stopping_ = false;
  engine::Engine engine_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  bool down_ = false;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_SERVER_H_
