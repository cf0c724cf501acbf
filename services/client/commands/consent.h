#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_CONSENT_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_CONSENT_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about what patients decide about messages. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare consent`: record a decision.
void AddConsentCommand(CLI::App& app, Action* action);

// Adds `aftercare consents`: list the decisions of a patient.
void AddConsentsCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_CONSENT_H_
