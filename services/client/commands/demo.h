#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_DEMO_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_DEMO_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// The demonstration. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare demo`: play a year of three invented patients.
void AddDemoCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_DEMO_H_
