// The identity of who calls. This is the one place where handlers learn it from.
#ifndef AFTERCARE_SERVICES_SERVER_CALLER_OF_H_
#define AFTERCARE_SERVICES_SERVER_CALLER_OF_H_

#include <grpcpp/grpcpp.h>

#include "scheduler/engine/runtime/caller.h"

namespace aftercare::server {

// Returns the caller of an RPC. The server listens on loopback only, so every caller is the local operator, with the
// role admin for all clinics. Thread safe.
engine::Caller CallerOf(const grpc::ServerContextBase& context);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_CALLER_OF_H_
