// Where the settings of a program come from: a file, the environment, flags. Each program has a message whose fields
// are its settings. Functions are thread safe.
#ifndef AFTERCARE_SERVICES_COMMON_SETTINGS_H_
#define AFTERCARE_SERVICES_COMMON_SETTINGS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace aftercare {

// Names and values, in order.
using Settings = std::vector<std::pair<std::string, std::string>>;

// Puts the message in text format at `path` over `config`; an empty path is no file. NOT_FOUND if it cannot be read,
// INVALID_ARGUMENT with file, line and column for anything that is no setting.
absl::Status ApplyFile(const std::string& path, google::protobuf::Message* config);

// Puts variables whose names begin with `prefix` over `config`: what follows is the name of a field in capitals, or
// of a message and a field of it, joined by `_`. INVALID_ARGUMENT naming the variable for anything else.
absl::Status ApplyEnvironment(const Settings& environment, absl::string_view prefix, google::protobuf::Message* config);

// Puts fields by name over `config`; an empty value is not set. INVALID_ARGUMENT naming the field for anything else.
absl::Status ApplyFlags(const Settings& flags, google::protobuf::Message* config);

// INVALID_ARGUMENT unless it is one of debug, info, warn and error.
absl::Status CheckLogLevel(const std::string& level);

// The environment of this process.
Settings ProcessEnvironment();

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_SETTINGS_H_
