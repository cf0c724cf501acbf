// aftercare-gateway: takes messages from the Aftercare server and sends them by e-mail, SMS and webhook.
//
// Exit codes: 0 after a clean stop, 1 for an unknown flag, 2 for a bad configuration, 3 when it stopped without the
// server knowing of all that was sent, 4 when the address for callbacks cannot be listened on, 130 when it was stopped
// twice.
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "services/common/build_info.h"
#include "services/common/log.h"
#include "services/common/program.h"
#include "services/common/settings.h"
#include "services/gateway/config.h"
#include "services/gateway/gateway.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, config, "", "configuration file, a GatewayConfig message in text format");
ABSL_FLAG(bool, print_config, false, "print the configuration that results, without secrets, and exit");
ABSL_FLAG(std::string, server, "", "where the server is, HOST:PORT or unix:PATH; default 127.0.0.1:50051");
ABSL_FLAG(std::string, parent, "", "whose messages to send, clinics/{clinic}; default clinics/-, everybody's");
ABSL_FLAG(std::string, log_level, "", "debug, info, warn or error; default info");

namespace aftercare::gateway {
namespace {

constexpr int kBadConfig = 2;
constexpr int kUnreported = 3;
constexpr int kBadAddress = 4;

int Fail(int code, absl::string_view what) {
  std::cerr << "aftercare-gateway: " << what << std::endl;
  return code;
}

// The configuration by all its sources, as they are now.
absl::StatusOr<v1::GatewayConfig> ReadConfig() {
  return LoadConfig(absl::GetFlag(FLAGS_config), ProcessEnvironment(),
                    {{"server", absl::GetFlag(FLAGS_server)},
                     {"parent", absl::GetFlag(FLAGS_parent)},
                     {"log_level", absl::GetFlag(FLAGS_log_level)}});
}

void Reload() {
  const auto config = ReadConfig();
  if (config.ok()) return ChangeLogLevel(config->log_level());
  spdlog::error("nothing was reloaded: {}", config.status().ToString());
}

int Run(const v1::GatewayConfig& config) {
  HoldSignals();
  auto gateway = Gateway::Start(config);
  if (!gateway.ok()) return Fail(kBadAddress, gateway.status().message());
  spdlog::info("sending messages of {}, server {}", config.parent(), config.server());
  if (const int port = (*gateway)->callback_port(); port != 0) spdlog::info("callbacks on port {}", port);
  AwaitStopSignal(Reload);
  if (const size_t unknown = (*gateway)->Drain(); unknown > 0) {
    spdlog::error("stopped; the server was not reached to be told of messages that were sent: {}", unknown);
    return kUnreported;
  }
  spdlog::info("stopped");
  return 0;
}

int Main(int argc, char** argv) {
  const ProgramInfo program = {
      .usage =
          "The Aftercare gateway: takes messages from the server as they come due and sends them.\n"
          "  aftercare-gateway --config=deploy/gateway/email.textproto\n"
          "Settings come from --config, then AFTERCARE_GATEWAY_* in the environment, then flags; later ones win.\n"
          "SIGHUP reads log_level again.\n"
          "Exit codes: 0 after a clean stop, 1 unknown flag, 2 bad configuration, 3 stopped while the server was\n"
          "away, not knowing of all that was sent, 4 bad address for callbacks, 130 stopped at once by a second\n"
          "signal.",
      .version = VersionText("aftercare-gateway"),
      .file = "gateway/main.cc"};
  const std::string unexpected = ParseFlags(argc, argv, program);
  if (!unexpected.empty()) return Fail(kBadConfig, "unexpected argument " + unexpected);
  auto config = ReadConfig();
  if (!config.ok()) return Fail(kBadConfig, config.status().message());
  if (absl::GetFlag(FLAGS_print_config)) {
    std::cout << Presentable(*config);
    return 0;
  }
  SetUpLog(config->log_level());
  return Run(*config);
}

}  // namespace
}  // namespace aftercare::gateway

int main(int argc, char** argv) { return aftercare::gateway::Main(argc, argv); }
