// The whole service in one object: the API, grpc.health.v1 and reflection on one address, over an engine and a store.
#ifndef AFTERCARE_SERVICES_SERVER_SERVER_H_
#define AFTERCARE_SERVICES_SERVER_SERVER_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/service_type.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/engine.h"
#include "scheduler/engine/runtime/clock.h"
#include "scheduler/engine/statistics.h"
#include "scheduler/store/store.h"
#include "scheduler/sync.h"
#include "services/server/bootstrap.h"
#include "services/server/call_observer.h"
#include "services/server/transport.h"

namespace aftercare::server {

// Options of a server.
struct ServerOptions {
  engine::EngineOptions engine;
  // Is told of each call. Must outlive the server. Null for no observer.
  CallObserver* observer = nullptr;
  // Default: no TLS and no Unix socket.
  Transport transport;
};

// A running server. port() may be called from any thread, Shutdown and the destructor from one thread only.
class Server {
 public:
  // Starts serving on `listen` (host:port; port 0 for any free one) and on the Unix socket, if there is to be one.
  // `clock` must outlive the server. Returns INVALID_ARGUMENT if options.transport is not good, and FAILED_PRECONDITION
  // or UNAVAILABLE if the socket or the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const std::string& listen, std::unique_ptr<store::Store> store,
                                                       engine::Clock& clock, const ServerOptions& options = {});

  // Calls Shutdown without grace if that has not been called.
  ~Server();

  // The port that the server listens on.
  int port() const { return port_; }

  // Says why the server does not take calls now; empty if it does. Thread safe.
  std::string NotReadyReason() ABSL_LOCKS_EXCLUDED(serving_mutex_);

  // See MakeFirstAdmin in bootstrap.h.
  absl::StatusOr<std::optional<std::string>> MakeFirstAdmin() { return server::MakeFirstAdmin(engine_); }

  // See engine::AwaitStatistics.
  engine::Statistics AwaitStatistics(absl::Duration timeout);

  // Sets health to NOT_SERVING, ends streams and long polls with UNAVAILABLE, lets other calls finish for as long as
  // `grace`, and then closes the store. A second call does nothing.
  void Shutdown(absl::Duration grace);

 private:
  Server(std::unique_ptr<store::Store> store, engine::Clock& clock, const ServerOptions& options);
  absl::Status Listen(const std::string& listen, const Transport& transport);
  // Called on the store's thread when it stops (false) or resumes (true) taking commits.
  void SetHealthy(bool healthy) ABSL_LOCKS_EXCLUDED(serving_mutex_);
  // Tells the health service: SERVING while the store takes commits and nobody shuts down. All services alike.
  void ShowServing() ABSL_EXCLUSIVE_LOCKS_REQUIRED(serving_mutex_);

  std::unique_ptr<store::Store> store_;
  Mutex serving_mutex_;
  grpc::HealthCheckServiceInterface* health_ ABSL_GUARDED_BY(serving_mutex_) = nullptr;  // null before Listen
  bool healthy_ ABSL_GUARDED_BY(serving_mutex_) = true;
  bool stopping_ ABSL_GUARDED_BY(serving_mutex_) = false;
  engine::Engine engine_;
  CallObserver& observer_;
  const std::string principal_property_;
  std::unique_ptr<UnixSocket> unix_socket_;  // null if there is none
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  bool down_ = false;  // whether Shutdown was called
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_SERVER_H_
