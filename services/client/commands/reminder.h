#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_REMINDER_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_REMINDER_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about reminders. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare due`: list or count reminders.
void AddDueCommand(CLI::App& app, Action* action);

// Adds `aftercare timeline`: draw the reminders of a patient over the year.
void AddTimelineCommand(CLI::App& app, Action* action);

// Adds `aftercare why`: explain one reminder.
void AddWhyCommand(CLI::App& app, Action* action);

// Add the commands that change one reminder: `aftercare move`, `cancel`, `restore` and `complete`.
void AddMoveCommand(CLI::App& app, Action* action);
void AddCancelCommand(CLI::App& app, Action* action);
void AddRestoreCommand(CLI::App& app, Action* action);
void AddCompleteCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_REMINDER_H_
