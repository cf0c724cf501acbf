#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_VISIT_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_VISIT_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about follow-up visits. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare visits`: list, book and close visits, and export them to a calendar.
void AddVisitsCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_VISIT_H_
