#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_DELIVERY_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_DELIVERY_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about deliveries. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare deliver`: act as a gateway that leases messages and prints them instead of sending them.
void AddDeliverCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_DELIVERY_H_
