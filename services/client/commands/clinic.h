#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_CLINIC_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_CLINIC_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about clinics. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare clinic`: create, change, show and list clinics.
void AddClinicCommand(CLI::App& app, Action* action);

// Adds `aftercare clock`: move the clock of a sandbox clinic.
void AddClockCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_CLINIC_H_
