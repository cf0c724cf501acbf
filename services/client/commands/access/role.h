#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_ACCESS_ROLE_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_ACCESS_ROLE_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about what callers may do. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare role` with `bind`, `unbind` and `list`.
void AddRoleCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_ACCESS_ROLE_H_
