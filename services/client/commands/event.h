#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_EVENT_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_EVENT_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about the event log. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare watch`: print events as they happen, until the user interrupts it.
void AddWatchCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_EVENT_H_
