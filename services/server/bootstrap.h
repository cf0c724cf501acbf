// The first administrator of a server that nobody can administer yet.
#ifndef AFTERCARE_SERVICES_SERVER_BOOTSTRAP_H_
#define AFTERCARE_SERVICES_SERVER_BOOTSTRAP_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "scheduler/engine/engine.h"

namespace aftercare::server {

// If nobody has a role, gives the principal `first-admin` ROLE_ADMIN for all clinics, and returns the secret of a token
// of that principal, which is valid for a day. Otherwise returns nothing. Waits for the store. For one thread.
absl::StatusOr<std::optional<std::string>> MakeFirstAdmin(engine::Engine& engine);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_BOOTSTRAP_H_
