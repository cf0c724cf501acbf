#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_LIST_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_LIST_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

namespace aftercare::client {

// Adds `aftercare enrollments`: list enrollments, also by adherence, or show one. See commands.h for the parameters.
// Not thread safe.
void AddEnrollmentsCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_LIST_H_
