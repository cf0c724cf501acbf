#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about enrollments. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare enroll`: enrol a patient on a pathway.
void AddEnrollCommand(CLI::App& app, Action* action);

// Adds `aftercare update`: change an enrollment, or show what a change would do to its plan.
void AddUpdateCommand(CLI::App& app, Action* action);

// Add `aftercare pause`, `aftercare resume` and `aftercare end`.
void AddPauseCommand(CLI::App& app, Action* action);
void AddResumeCommand(CLI::App& app, Action* action);
void AddEndCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_ENROLLMENT_H_
