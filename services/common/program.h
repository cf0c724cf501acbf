// Start and stop of a program that serves.
#ifndef AFTERCARE_SERVICES_COMMON_PROGRAM_H_
#define AFTERCARE_SERVICES_COMMON_PROGRAM_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace aftercare {

// What a program says of itself.
struct ProgramInfo {
  std::string usage;    // the first lines of --help
  std::string version;  // what --version prints, without a line feed
  std::string file;     // the end of the path of the source file that defines the flags, such as `server/main.cc`
};

// Parses the flags of a program. Names of flags may be written with dashes or with underscores. --help and -h show the
// usage and the flags, --version the version; both then end the process with exit code 0. An unknown flag or a bad
// value ends it with exit code 1. Returns the first argument that is no flag, or an empty string. Call it once, at the
// beginning of main.
std::string ParseFlags(int argc, char** argv, const ProgramInfo& program);

// A text flag that can tell an empty value from none: for settings that can be turned off by an empty value.
struct OptionalTextFlag {
  std::optional<std::string> value;
};
bool AbslParseFlag(absl::string_view text, OptionalTextFlag* flag, std::string* error);
std::string AbslUnparseFlag(const OptionalTextFlag& flag);

// Blocks SIGINT, SIGTERM and SIGHUP, so that AwaitStopSignal can wait for them. Call it before threads are started:
// they inherit it.
void HoldSignals();

// Waits for SIGINT or SIGTERM and logs it. From then on either signal ends the process at once, with exit code 130.
// Calls `reload` for each SIGHUP that comes before.
void AwaitStopSignal(const std::function<void()>& reload);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_PROGRAM_H_
