// Start and stop of a program that serves.
#ifndef AFTERCARE_SERVICES_COMMON_PROGRAM_H_
#define AFTERCARE_SERVICES_COMMON_PROGRAM_H_

#include <string>

namespace aftercare {

// Parses the flags of a program. Names of flags may be written with dashes or with underscores. --help shows `usage`
// and the flags that are defined in `file`, given by the end of its path. Returns the first argument that is no flag,
// or an empty string. Call it once, at the beginning of main.
std::string ParseFlags(int argc, char** argv, const std::string& usage, const std::string& program,
                       const std::string& file);

// Blocks SIGINT and SIGTERM, so that AwaitStopSignal can wait for them. Call it before threads are started: they
// inherit it.
void HoldStopSignals();

// Waits for SIGINT or SIGTERM and logs it. From then on either signal ends the process at once, with exit code 130.
void AwaitStopSignal();

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_PROGRAM_H_
