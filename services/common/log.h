// The log of a program: JSON lines on standard output.
#ifndef AFTERCARE_SERVICES_COMMON_LOG_H_
#define AFTERCARE_SERVICES_COMMON_LOG_H_

#include <string>

#include "absl/strings/string_view.h"

namespace aftercare {

// Makes spdlog write each message of `level` (debug, info, warn or error) or above as one JSON object on standard
// output. gRPC's messages are logged at level debug. Protobuf's are dropped: they are about bad requests, and the
// client is told. Call it once, before serving.
void SetUpLog(const std::string& level);

// Changes the level of the log to `level` (debug, info, warn or error), and logs that in any case. Thread safe.
void ChangeLogLevel(const std::string& level);

// Appends `text` as the inside of a JSON string. Thread safe.
void AppendJsonText(absl::string_view text, std::string* json);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_LOG_H_
