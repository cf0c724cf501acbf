// Reads the settings of a program from a file, the environment and flags. Each program has a protobuf message whose
// fields are its settings; each function here overrides the fields that its source sets. Functions are thread safe, but
// the environment must not change meanwhile.
#ifndef AFTERCARE_SERVICES_COMMON_SETTINGS_H_
#define AFTERCARE_SERVICES_COMMON_SETTINGS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace aftercare {

// Names and values, in the order in which they apply.
using Settings = std::vector<std::pair<std::string, std::string>>;

// Merges the file at `path`, a message in text format, into `config`. Does nothing if `path` is empty. Returns
// NOT_FOUND if the file cannot be read, and INVALID_ARGUMENT with file, line and column if it is not such a message.
absl::Status ApplyFile(const std::string& path, google::protobuf::Message* config);

// Sets fields of `config` from variables whose names begin with `prefix`. The rest of the name is a field in capitals,
// or a message field and a field in it, joined by `_`. An empty value is set like any other. Returns INVALID_ARGUMENT,
// naming the variable, if there is no such field or if the value does not fit it.
absl::Status ApplyEnvironment(const Settings& environment, absl::string_view prefix, google::protobuf::Message* config);

// Sets fields of `config` by name. Ignores empty values. Returns INVALID_ARGUMENT, naming the flag, if there is no such
// field or if the value does not fit it.
absl::Status ApplyFlags(const Settings& flags, google::protobuf::Message* config);

// Returns INVALID_ARGUMENT unless `level` is debug, info, warn or error.
absl::Status CheckLogLevel(const std::string& level);

// The environment of this process.
Settings ProcessEnvironment();

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_SETTINGS_H_
