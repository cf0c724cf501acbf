#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_COMMANDS_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_COMMANDS_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// The commands of the program, but for those of commands/access, which `main` adds after them. Each file is about one
// noun and has one function Add...Command for each command, with the parameters of AddCommands. Not thread safe.
namespace aftercare::client {

// Adds all commands to `app`. When `app` parses a command line it sets `action` to what the chosen command does.
// `action` must outlive `app`; the action may run after `app` is gone.
void AddCommands(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_COMMANDS_H_
