#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_COMMANDS_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_COMMANDS_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// The commands: each function adds its group to the program's. Reading the command line sets `action` to what the
// chosen command does; `action` must outlive `app`.
namespace aftercare::client {

void AddClinicCommands(CLI::App& app, Action* action);      // clinic, clock
void AddPathwayCommands(CLI::App& app, Action* action);     // pathway
void AddPreviewCommand(CLI::App& app, Action* action);      // preview
void AddEnrollmentCommands(CLI::App& app, Action* action);  // enroll, enrollments, end
void AddUpdateCommands(CLI::App& app, Action* action);      // update, pause, resume, move, cancel, restore
void AddMigrateCommand(CLI::App& app, Action* action);      // migrate
void AddImportCommand(CLI::App& app, Action* action);      // import
void AddTimelineCommand(CLI::App& app, Action* action);     // timeline
void AddReminderCommands(CLI::App& app, Action* action);    // due, complete
void AddVisitCommands(CLI::App& app, Action* action);       // visits
void AddWhyCommand(CLI::App& app, Action* action);         // why
void AddWatchCommand(CLI::App& app, Action* action);        // watch
void AddDeliveryCommands(CLI::App& app, Action* action);    // deliver
void AddReplyCommands(CLI::App& app, Action* action);       // reply, replies, consent
void AddDeadLetterCommands(CLI::App& app, Action* action);  // dead-letters
void AddDemoCommand(CLI::App& app, Action* action);         // demo

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_COMMANDS_H_
