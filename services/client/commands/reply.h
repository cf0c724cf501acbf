#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_REPLY_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_REPLY_H_

#include "CLI/CLI.hpp"
#include "services/client/session.h"

// Commands about what patients write back. See commands.h for the parameters. Not thread safe.
namespace aftercare::client {

// Adds `aftercare reply`: record a reply.
void AddReplyCommand(CLI::App& app, Action* action);

// Adds `aftercare replies`: list replies.
void AddRepliesCommand(CLI::App& app, Action* action);

// Adds `aftercare assign`: say which enrollment a reply belongs to.
void AddAssignCommand(CLI::App& app, Action* action);

// Adds `aftercare decide`: say whether a doubtful reply is a wish to stop.
void AddDecideCommand(CLI::App& app, Action* action);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_REPLY_H_
