#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_ACCESS_TOKEN_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_ACCESS_TOKEN_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about the tokens by which callers say who they are. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare token` with `create`, `list` and `revoke`.
void AddTokenCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_ACCESS_TOKEN_H_
