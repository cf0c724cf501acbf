#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_ADHERENCE_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_ADHERENCE_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// The command about adherence. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare adherence`: show how a patient follows the care plan.
void AddAdherenceCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_ADHERENCE_H_
