// aftercared: the Aftercare server.
//
// Exit codes: 0 after a clean stop, 2 for a bad configuration or without time zones, 3 when the database cannot be used, 4 when the address
// cannot be listened on.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "scheduler/engine/clock.h"
#include "scheduler/engine/zone_check.h"
#include "scheduler/engine/zone_database.h"
#include "scheduler/plan/civil.h"
#include "scheduler/store/sqlite_driver.h"
#include "scheduler/store/store.h"
#include "services/server/config.h"
#include "services/server/log.h"
#include "services/server/server.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, config, "", "configuration file, a Config message in text format");
ABSL_FLAG(bool, print_config, false, "print the configuration that results and exit");
ABSL_FLAG(std::string, listen, "", "address and port to serve on; default 127.0.0.1:50051");
ABSL_FLAG(std::string, database, "", "path of the SQLite database file; default aftercare.db");
ABSL_FLAG(std::string, log_level, "", "debug, info, warn or error; default info");
ABSL_FLAG(std::string, event_retention, "", "how long events are kept for watches to resume, 1h to 87600h; default 720h");

namespace aftercare::server {
namespace {

constexpr int kBadConfig = 2;
constexpr int kBadDatabase = 3;
constexpr int kBadAddress = 4;
constexpr absl::Duration kGrace = absl::Seconds(10);

// Flags may be written with dashes or underscores.
std::vector<char*> NormalizeFlags(int argc, char** argv, std::vector<std::string>* storage) {
  for (int i = 0; i < argc; ++i) {
    std::string arg = argv[i];
    if (i > 0 && absl::StartsWith(arg, "--")) {
      const size_t end = std::min(arg.find('='), arg.size());
      arg = "--" + absl::StrReplaceAll(arg.substr(2, end - 2), {{"-", "_"}}) + arg.substr(end);
    }
    storage->push_back(std::move(arg));
  }
  std::vector<char*> pointers;
  for (std::string& arg : *storage) pointers.push_back(arg.data());
  return pointers;
}

int Fail(int code, absl::string_view what) {
  std::cerr << "aftercared: " << what << std::endl;
  return code;
}

// Waits for the first SIGINT or SIGTERM. From then on a second one ends the process at once.
void AwaitStop(const sigset_t& signals) {
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  spdlog::info("stopping on {}", signal_number == SIGINT ? "SIGINT" : "SIGTERM");
  struct sigaction at_once = {};
  at_once.sa_handler = [](int) { _exit(130); };
  sigaction(SIGINT, &at_once, nullptr);
  sigaction(SIGTERM, &at_once, nullptr);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

int Serve(const v1::Config& config) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before there are threads, so that all inherit it

  const auto zones = engine::ZoneDatabaseFingerprint(plan::ZoneDirectory());
  if (!zones.ok()) return Fail(kBadConfig, zones.status().message());
  auto driver = store::OpenSqlite(config.database());
  if (!driver.ok()) return Fail(kBadDatabase, driver.status().message());
  auto store = store::Store::Open(*std::move(driver), {});
  if (!store.ok()) return Fail(kBadDatabase, store.status().message());
  const absl::Status known = engine::CheckZonesAreKnown(**store, *zones);
  if (!known.ok()) return Fail(absl::IsFailedPrecondition(known) ? kBadConfig : kBadDatabase, known.message());
  engine::SystemClock clock;
  auto server = Server::Start(config.listen(), *std::move(store), clock, *zones, EventRetention(config));
  if (!server.ok()) return Fail(kBadAddress, server.status().message());
  spdlog::info("serving on port {} ({}), database {}", (*server)->port(), config.listen(), config.database());
  AwaitStop(signals);
  (*server)->Shutdown(kGrace);
  server->reset();
  spdlog::info("stopped");
  return 0;
}

int Main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "The Aftercare server: clinics enrol patients, reminders come due, gateways send them.\n"
      "  aftercared --listen=127.0.0.1:50051 --database=/var/lib/aftercare/aftercare.db\n"
      "Settings come from --config, then AFTERCARE_* in the environment, then flags; later ones win.\n"
      "Exit codes: 0 after a clean stop, 2 bad configuration or no time zones, 3 bad database, 4 bad address.");
  absl::FlagsUsageConfig usage;
  usage.contains_help_flags = [](absl::string_view file) { return absl::EndsWith(file, "server/main.cc"); };
  usage.normalize_filename = [](absl::string_view) { return std::string("aftercared"); };
  absl::SetFlagsUsageConfig(usage);
  std::vector<std::string> storage;
  std::vector<char*> args = NormalizeFlags(argc, argv, &storage);
  const std::vector<char*> rest = absl::ParseCommandLine(static_cast<int>(args.size()), args.data());
  if (rest.size() > 1) return Fail(kBadConfig, std::string("unexpected argument ") + rest[1]);
  auto config = LoadConfig(absl::GetFlag(FLAGS_config), ProcessEnvironment(),
                           {{"listen", absl::GetFlag(FLAGS_listen)},
                            {"database", absl::GetFlag(FLAGS_database)},
                            {"log_level", absl::GetFlag(FLAGS_log_level)},
                            {"event_retention", absl::GetFlag(FLAGS_event_retention)}});
  if (!config.ok()) return Fail(kBadConfig, config.status().message());
  if (absl::GetFlag(FLAGS_print_config)) {
    std::cout << config->DebugString();
    return 0;
  }
  SetUpLog(config->log_level());
  return Serve(*config);
}

}  // namespace
}  // namespace aftercare::server

int main(int argc, char** argv) { return aftercare::server::Main(argc, argv); }
