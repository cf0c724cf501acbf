#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_CHOICE_LABEL_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_CHOICE_LABEL_H_

#include <string>

#include "services/client/session.h"

namespace aftercare::client {

// Asks the server for the label of the choice that was answered to a reminder, which is given by its resource name. The
// label is in the pathway's default language. Returns an empty string if the label cannot be read, and if revisions of
// the pathway have different labels: the reminder may have asked by an earlier one. Not thread safe.
std::string FindChoiceLabel(Session& session, const std::string& reminder, int choice);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_CHOICE_LABEL_H_
