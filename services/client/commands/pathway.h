#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_PATHWAY_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_PATHWAY_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about pathways. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare pathway`: check, store and list pathways.
void AddPathwayCommand(CLI::App& app, Action* action);

// Adds `aftercare preview`: show what a pathway would send to a patient, without a server.
void AddPreviewCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_PATHWAY_H_
