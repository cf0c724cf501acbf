// aftercared: the Aftercare server.
//
// Exit codes: 0 after a clean stop, 2 for a bad configuration or without time zones, 3 when the database cannot be
// used, 4 when the address cannot be listened on.
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "scheduler/engine/runtime/clock.h"
#include "scheduler/engine/runtime/zone_check.h"
#include "scheduler/engine/runtime/zone_database.h"
#include "scheduler/plan/civil.h"
#include "scheduler/store/sqlite_driver.h"
#include "scheduler/store/store.h"
#include "services/common/log.h"
#include "services/common/program.h"
#include "services/server/config.h"
#include "services/server/server.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, config, "", "configuration file, a Config message in text format");
ABSL_FLAG(bool, print_config, false, "print the configuration that results and exit");
ABSL_FLAG(std::string, listen, "", "address and port to serve on; default 127.0.0.1:50051");
ABSL_FLAG(std::string, database, "", "path of the SQLite database file; default aftercare.db");
ABSL_FLAG(std::string, log_level, "", "debug, info, warn or error; default info");
ABSL_FLAG(std::string, event_retention, "",
          "how long events are kept for watches to resume, 1h to 87600h; default 720h");

namespace aftercare::server {
namespace {

constexpr int kBadConfig = 2;
constexpr int kBadDatabase = 3;
constexpr int kBadAddress = 4;
constexpr absl::Duration kGrace = absl::Seconds(10);

int Fail(int code, absl::string_view what) {
  std::cerr << "aftercared: " << what << std::endl;
  return code;
}

int Serve(const v1::Config& config) {
  HoldStopSignals();
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
  AwaitStopSignal();
  (*server)->Shutdown(kGrace);
  server->reset();
  spdlog::info("stopped");
  return 0;
}

int Main(int argc, char** argv) {
  const std::string unexpected = ParseFlags(
      argc, argv,
      "The Aftercare server: clinics enrol patients, reminders come due, gateways send them.\n"
      "  aftercared --listen=127.0.0.1:50051 --database=/var/lib/aftercare/aftercare.db\n"
      "Settings come from --config, then AFTERCARE_* in the environment, then flags; later ones win.\n"
      "Exit codes: 0 after a clean stop, 2 bad configuration or no time zones, 3 bad database, 4 bad address.",
      "aftercared", "server/main.cc");
  if (!unexpected.empty()) return Fail(kBadConfig, "unexpected argument " + unexpected);
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
