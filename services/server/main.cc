// aftercared: the Aftercare server.
//
// Exit codes: 0 after a clean stop, 2 for a bad configuration or without time zones, 3 when the database cannot be
// used, 4 when an address cannot be listened on.
#include <iostream>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/clock.h"
#include "scheduler/engine/runtime/zone_check.h"
#include "scheduler/engine/runtime/zone_database.h"
#include "scheduler/plan/civil.h"
#include "scheduler/store/migrations.h"
#include "scheduler/store/sqlite_driver.h"
#include "scheduler/store/store.h"
#include "services/common/build_info.h"
#include "services/common/log.h"
#include "services/common/program.h"
#include "services/server/call_observer_list.h"
#include "services/server/config.h"
#include "services/server/metrics.h"
#include "services/server/ops_endpoint.h"
#include "services/server/request_log.h"
#include "services/server/server.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, config, "", "configuration file, a Config message in text format");
ABSL_FLAG(bool, print_config, false, "print the configuration that results and exit");
ABSL_FLAG(std::string, listen, "", "address and port to serve on; default 127.0.0.1:50051");
ABSL_FLAG(std::string, database, "", "path of the SQLite database file; default aftercare.db");
ABSL_FLAG(std::string, log_level, "", "debug, info, warn or error; default info");
ABSL_FLAG(std::string, event_retention, "",
          "how long events are kept for watches to resume, 1h to 87600h; default 720h");
ABSL_FLAG(aftercare::OptionalTextFlag, ops_listen, {},
          "address and port for /livez, /readyz and /metrics, or off; default 127.0.0.1:9464");
ABSL_FLAG(std::string, request_log_share, "", "share of the calls that are logged, 0 to 1; default 1");
ABSL_FLAG(std::string, tls_cert_file, "", "the server's certificate in PEM format; default: no TLS");
ABSL_FLAG(std::string, tls_key_file, "", "the private key of that certificate in PEM format");
ABSL_FLAG(std::string, tls_client_ca_file, "", "authorities whose client certificates are accepted, in PEM format");
ABSL_FLAG(std::string, principal_from, "",
          "field of a client certificate that says who calls: common_name, uri, dns or email; default common_name");
ABSL_FLAG(std::string, unix_socket, "", "path of a Unix socket for the local operator; default: none");

namespace aftercare::server {
namespace {

constexpr int kBadConfig = 2;
constexpr int kBadDatabase = 3;
constexpr int kBadAddress = 4;
constexpr absl::Duration kGrace = absl::Seconds(10);
constexpr absl::Duration kStatisticsTimeout = absl::Seconds(5);  // a scrape may take 10

int Fail(int code, absl::string_view what) {
  std::cerr << "aftercared: " << what << std::endl;
  return code;
}

// The configuration by all its sources, as they are now.
absl::StatusOr<v1::Config> ReadConfig() {
  std::string ops_listen;
  if (const auto flag = absl::GetFlag(FLAGS_ops_listen).value) ops_listen = flag->empty() ? "off" : *flag;
  return LoadConfig(absl::GetFlag(FLAGS_config), ProcessEnvironment(),
                    {{"listen", absl::GetFlag(FLAGS_listen)},
                     {"database", absl::GetFlag(FLAGS_database)},
                     {"log_level", absl::GetFlag(FLAGS_log_level)},
                     {"event_retention", absl::GetFlag(FLAGS_event_retention)},
                     {"ops_listen", ops_listen},
                     {"request_log_share", absl::GetFlag(FLAGS_request_log_share)},
                     {"tls_cert_file", absl::GetFlag(FLAGS_tls_cert_file)},
                     {"tls_key_file", absl::GetFlag(FLAGS_tls_key_file)},
                     {"tls_client_ca_file", absl::GetFlag(FLAGS_tls_client_ca_file)},
                     {"principal_from", absl::GetFlag(FLAGS_principal_from)},
                     {"unix_socket", absl::GetFlag(FLAGS_unix_socket)}});
}

void Reload() {
  const auto config = ReadConfig();
  if (config.ok()) return ChangeLogLevel(config->log_level());
  spdlog::error("nothing was reloaded: {}", config.status().ToString());
}

// Starts the ops endpoint of `server`. Returns null if there is to be none.
absl::StatusOr<std::unique_ptr<OpsEndpoint>> StartOpsEndpoint(const v1::Config& config, Server& server,
                                                              Metrics& metrics) {
  if (!HasOpsEndpoint(config)) return nullptr;
  auto ops = OpsEndpoint::Start(config.ops_listen(),
                                {.not_ready = [&server] { return server.NotReadyReason(); },
                                 .metrics = [&] { return metrics.Text(server.AwaitStatistics(kStatisticsTimeout)); }});
  if (!ops.ok()) {
    return absl::UnavailableError(
        absl::StrCat("ops_listen: ", ops.status().message(), " Choose another with --ops-listen, or off."));
  }
  spdlog::info("ops endpoint on port {} ({})", (*ops)->port(), config.ops_listen());
  return ops;
}

// Over TLS nobody can do anything without a role. Who cannot get one by the Unix socket gets a token, once.
absl::Status ShowFirstToken(const v1::Config& config, Server& server) {
  if (config.tls_cert_file().empty() || !config.unix_socket().empty()) return absl::OkStatus();
  const auto secret = server.MakeFirstAdmin();
  if (!secret.ok() || !*secret) return secret.status();
  // Not to standard output, where the log is.
  std::cerr << "The first administrator's token, which is shown only now and valid for a day:\n"
            << **secret << std::endl;
  return absl::OkStatus();
}

int Serve(const v1::Config& config) {
  HoldSignals();
  const auto zones = engine::ZoneDatabaseFingerprint(plan::ZoneDirectory());
  if (!zones.ok()) return Fail(kBadConfig, zones.status().message());
  auto driver = store::OpenSqlite(config.database());
  if (!driver.ok()) return Fail(kBadDatabase, driver.status().message());
  auto store = store::Store::Open(
      *std::move(driver), {.on_migration = [](absl::string_view what) { spdlog::info("{}", std::string(what)); }});
  if (!store.ok()) return Fail(kBadDatabase, store.status().message());
  const absl::Status known = engine::CheckZonesAreKnown(**store, *zones);
  if (!known.ok()) return Fail(absl::IsFailedPrecondition(known) ? kBadConfig : kBadDatabase, known.message());
  engine::SystemClock clock;
  Metrics metrics(BuildVersion(), BuildCommit());
  RequestLog request_log(config.request_log_share());
  CallObserverList observers({&metrics, &request_log});
  auto server = Server::Start(
      config.listen(), *std::move(store), clock,
      {.engine = {.zone_database = *zones, .event_retention = EventRetention(config), .telemetry = &metrics},
       .observer = &observers,
       .transport = TransportOf(config)});
  if (!server.ok()) return Fail(kBadAddress, server.status().message());
  const absl::Status shown = ShowFirstToken(config, **server);
  if (!shown.ok()) return Fail(kBadDatabase, shown.message());
  auto ops = StartOpsEndpoint(config, **server, metrics);
  if (!ops.ok()) return Fail(kBadAddress, ops.status().message());
  spdlog::info("serving on port {} ({}), database {}", (*server)->port(), config.listen(), config.database());
  AwaitStopSignal(Reload);
  (*server)->Shutdown(kGrace);
  ops->reset();  // answers until here that the server is stopping
  server->reset();
  spdlog::info("stopped");
  return 0;
}

int Main(int argc, char** argv) {
  const ProgramInfo program = {
      .usage =
          "The Aftercare server: clinics enrol patients, reminders come due, gateways send them.\n"
          "  aftercared --listen=127.0.0.1:50051 --database=/var/lib/aftercare/aftercare.db\n"
          "Settings come from --config, then AFTERCARE_* in the environment, then flags; later ones win.\n"
          "SIGHUP reads log_level again.\n"
          "Exit codes: 0 after a clean stop, 1 unknown flag, 2 bad configuration or no time zones, 3 bad database,\n"
          "4 bad address, 130 stopped at once by a second signal.",
      .version = VersionText("aftercared", absl::StrCat("database schema ", store::NewestSchema())),
      .file = "server/main.cc"};
  const std::string unexpected = ParseFlags(argc, argv, program);
  if (!unexpected.empty()) return Fail(kBadConfig, "unexpected argument " + unexpected);
  auto config = ReadConfig();
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
