#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_MIGRATE_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_MIGRATE_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Moves enrollments to another revision of their pathway. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare migrate`.
void AddMigrateCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_MIGRATE_H_
