#include "services/common/program.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "spdlog/spdlog.h"

namespace aftercare {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

// `--log-level=info` as `--log_level=info`.
std::string Normalized(const std::string& argument) {
  if (!absl::StartsWith(argument, "--")) return argument;
  const size_t end = std::min(argument.find('='), argument.size());
  return "--" + absl::StrReplaceAll(argument.substr(2, end - 2), {{"-", "_"}}) + argument.substr(end);
}

}  // namespace

std::string ParseFlags(int argc, char** argv, const std::string& usage, const std::string& program,
                       const std::string& file) {
  absl::SetProgramUsageMessage(usage);
  absl::FlagsUsageConfig config;
  // The flags of the program's own file are told of under its name, which is then what the other question is asked of.
  config.normalize_filename = [program, file](absl::string_view path) {
    return absl::EndsWith(path, file) ? program : std::string(path);
  };
  config.contains_help_flags = [program](absl::string_view name) { return name == program; };
  absl::SetFlagsUsageConfig(config);
  // Flags point into the arguments for as long as the process lives.
  static std::vector<std::string>& arguments = *new std::vector<std::string>;
  for (int i = 0; i < argc; ++i) arguments.push_back(i == 0 ? argv[i] : Normalized(argv[i]));
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  const std::vector<char*> rest = absl::ParseCommandLine(static_cast<int>(pointers.size()), pointers.data());
  return rest.size() > 1 ? rest[1] : "";
}

void HoldStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void AwaitStopSignal() {
  const sigset_t signals = StopSignals();
  int number = 0;
  sigwait(&signals, &number);
  spdlog::info("stopping on {}", number == SIGINT ? "SIGINT" : "SIGTERM");
  struct sigaction at_once = {};
  at_once.sa_handler = [](int) { _exit(130); };
  sigaction(SIGINT, &at_once, nullptr);
  sigaction(SIGTERM, &at_once, nullptr);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace aftercare
