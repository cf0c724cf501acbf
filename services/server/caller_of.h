#ifndef AFTERCARE_SERVICES_SERVER_CALLER_OF_H_
#define AFTERCARE_SERVICES_SERVER_CALLER_OF_H_

#include <grpcpp/grpcpp.h>

#include "scheduler/engine/runtime/caller.h"

namespace aftercare::server {

// Who calls: the one place every handler learns it from. The server listens on loopback only, where whoever can connect
// is the local operator. Thread safe.
engine::Caller CallerOf(const grpc::ServerContextBase& context);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_CALLER_OF_H_
