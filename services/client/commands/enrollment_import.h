#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_IMPORT_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_IMPORT_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Enrols many patients at once. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare import`: enrol the patients of a CSV file.
void AddImportCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_IMPORT_H_
