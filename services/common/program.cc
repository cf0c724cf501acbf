#include "services/common/program.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <vector>

#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "spdlog/spdlog.h"

namespace aftercare {
namespace {

sigset_t HeldSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  return signals;
}

// `--log-level=info` as `--log_level=info`.
std::string Normalized(const std::string& argument) {
  if (!absl::StartsWith(argument, "--")) return argument;
  const size_t end = std::min(argument.find('='), argument.size());
  return "--" + absl::StrReplaceAll(argument.substr(2, end - 2), {{"-", "_"}}) + argument.substr(end);
}

// Abseil's own --help ends the process with 1, and writes the names of flags with underscores.
void PrintHelp(const ProgramInfo& program) {
  std::map<std::string, std::string> flags = {{"help, -h", "show this help"}, {"version", "show the version"}};
  size_t widest = 0;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (!absl::EndsWith(flag->Filename(), program.file)) continue;
    flags[absl::StrReplaceAll(name, {{"_", "-"}})] = flag->Help();
  }
  for (const auto& [name, help] : flags) widest = std::max(widest, name.size());
  std::cout << program.usage << "\n\nFlags:\n";
  for (const auto& [name, help] : flags) {
    std::cout << "  --" << name << std::string(widest + 2 - name.size(), ' ') << help << "\n";
  }
  std::cout << std::flush;
}

}  // namespace

std::string ParseFlags(int argc, char** argv, const ProgramInfo& program) {
  absl::SetProgramUsageMessage(program.usage);
  absl::FlagsUsageConfig config;
  config.version_string = [version = program.version] { return version + "\n"; };
  absl::SetFlagsUsageConfig(config);
  // Flags point into the arguments for as long as the process lives.
  static std::vector<std::string>& arguments = *new std::vector<std::string>;
  for (int i = 0; i < argc; ++i) arguments.push_back(i == 0 ? argv[i] : Normalized(argv[i]));
  for (const std::string& argument : arguments) {
    if (argument != "--help" && argument != "-h") continue;
    PrintHelp(program);
    std::exit(0);
  }
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  const std::vector<char*> rest = absl::ParseCommandLine(static_cast<int>(pointers.size()), pointers.data());
  return rest.size() > 1 ? rest[1] : "";
}

bool AbslParseFlag(absl::string_view text, OptionalTextFlag* flag, std::string* /*error*/) {
  flag->value = std::string(text);
  return true;
}

std::string AbslUnparseFlag(const OptionalTextFlag& flag) { return flag.value.value_or(""); }

void HoldSignals() {
  const sigset_t signals = HeldSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void AwaitStopSignal(const std::function<void()>& reload) {
  const sigset_t signals = HeldSignals();
  int number = SIGHUP;
  while (number == SIGHUP) {
    if (sigwait(&signals, &number) == 0 && number == SIGHUP) reload();
  }
  spdlog::info("stopping on {}", number == SIGINT ? "SIGINT" : "SIGTERM");
  struct sigaction at_once = {};
  at_once.sa_handler = [](int) { _exit(130); };
  sigaction(SIGINT, &at_once, nullptr);
  sigaction(SIGTERM, &at_once, nullptr);
  sigset_t stop = HeldSignals();
  sigdelset(&stop, SIGHUP);  // stays blocked: there is nothing to reload any more
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
}

}  // namespace aftercare
