#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_TASK_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_TASK_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about the tasks of the care team. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare tasks`: list the tasks that are to be done.
void AddTasksCommand(CLI::App& app, Action* action);

// Adds `aftercare acknowledge`, short `ack`: say that somebody sees to a task.
void AddAcknowledgeCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_TASK_H_
