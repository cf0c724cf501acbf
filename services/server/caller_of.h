// The identity of who calls. This is the one place where handlers learn it from.
#ifndef AFTERCARE_SERVICES_SERVER_CALLER_OF_H_
#define AFTERCARE_SERVICES_SERVER_CALLER_OF_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/status/statusor.h"
#include "scheduler/engine/access/access.h"
#include "scheduler/engine/runtime/caller.h"

namespace aftercare::server {

// Returns the caller of an RPC, by the first of these that there is:
//   - a token, in the header `authorization: Bearer SECRET`;
//   - over TLS, the field of the client certificate that gRPC calls `principal_property`;
//   - without TLS, which is served on loopback and on the Unix socket only, the local operator.
// Returns UNAUTHENTICATED if that is not valid, or if there is none. Thread safe.
absl::StatusOr<engine::Caller> CallerOf(const grpc::ServerContextBase& context, const std::string& principal_property,
                                        engine::Access& access);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_CALLER_OF_H_
