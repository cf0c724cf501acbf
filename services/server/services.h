// The gRPC services of the API.
#ifndef AFTERCARE_SERVICES_SERVER_SERVICES_H_
#define AFTERCARE_SERVICES_SERVER_SERVICES_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include <memory>
#include <vector>

#include "services/server/server_call.h"

namespace aftercare::server {

// Makes the services. Each of their methods runs one use case of the engine. What `environment` refers to must outlive
// them.
std::vector<std::unique_ptr<grpc::Service>> MakeServices(const CallEnvironment& environment);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_SERVICES_H_
