#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_DEAD_LETTER_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_DEAD_LETTER_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about messages that failed. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare dead-letters`: list failed messages and send them again.
void AddDeadLettersCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_DEAD_LETTER_H_
