// The gRPC services of the API.
#ifndef AFTERCARE_SERVICES_SERVER_SERVICES_H_
#define AFTERCARE_SERVICES_SERVER_SERVICES_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include <memory>
#include <vector>

#include "scheduler/engine/engine.h"

namespace aftercare::server {

// Makes the services. Each of their methods runs one use case of the engine, which must outlive them.
std::vector<std::unique_ptr<grpc::Service>> MakeServices(engine::Engine& engine);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_SERVICES_H_
