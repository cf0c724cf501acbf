// How a program that serves begins and ends.
#ifndef AFTERCARE_SERVICES_COMMON_PROGRAM_H_
#define AFTERCARE_SERVICES_COMMON_PROGRAM_H_

#include <string>
#include <vector>

namespace aftercare {

// Parses the flags of `program`, which may be written with dashes or underscores. --help shows `usage`, then those that
// `file` (the end of its path) defines. Answers the first argument that is no flag, or an empty text. Call once, first.
std::string ParseFlags(int argc, char** argv, const std::string& usage, const std::string& program,
                       const std::string& file);

// SIGINT and SIGTERM are held back for AwaitStopSignal. Call before there are threads, so that all inherit it.
void HoldStopSignals();

// Waits for the first of them, and logs it. From then on a second one ends the process at once, with 130.
void AwaitStopSignal();

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_PROGRAM_H_
