#include "services/server/config.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/common/address.h"

namespace aftercare::server {
namespace {

constexpr absl::string_view kPrefix = "AFTERCARE_";
// Variables of the command line client and, by their beginning, of the gateway.
constexpr absl::string_view kForeign[] = {"AFTERCARE_SERVER",    "AFTERCARE_CLINIC",   "AFTERCARE_CA_FILE",
                                          "AFTERCARE_CERT_FILE", "AFTERCARE_KEY_FILE", "AFTERCARE_TOKEN_FILE"};
constexpr absl::string_view kForeignPrefix = "AFTERCARE_GATEWAY_";

// The value of ops_listen for no ops endpoint.
constexpr absl::string_view kOff = "off";

bool IsForeign(absl::string_view name) {
  for (absl::string_view foreign : kForeign) {
    if (name == foreign) return true;
  }
  return absl::StartsWith(name, kForeignPrefix);
}

Settings Own(const Settings& environment) {
  Settings own;
  for (const auto& variable : environment) {
    if (!IsForeign(variable.first)) own.push_back(variable);
  }
  return own;
}

absl::Status CheckRetention(const v1::Config& config) {
  absl::Duration retention;
  if (absl::ParseDuration(config.event_retention(), &retention) && retention >= absl::Hours(1) &&
      retention <= absl::Hours(87600)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("event_retention: ", config.event_retention(), " is not a span such as 720h, from 1h to 87600h"));
}

absl::Status CheckRequestLogShare(const v1::Config& config) {
  if (config.request_log_share() >= 0 && config.request_log_share() <= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("request_log_share: ", config.request_log_share(), " is not from 0 to 1"));
}

absl::Status CheckOpsListen(const v1::Config& config) {
  if (!HasOpsEndpoint(config) || IsLoopback(config.ops_listen())) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("ops_listen: ", config.ops_listen(), " is not host:port on loopback"));
}

absl::Status CheckListen(const v1::Config& config) {
  if (IsLoopback(config.listen())) return absl::OkStatus();
  if (config.tls_cert_file().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("listen: ", config.listen(),
                     " is not host:port on loopback; nothing else is served without TLS: tls_cert_file"));
  }
  if (IsHostAndPort(config.listen())) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("listen: ", config.listen(), " is not host:port"));
}

absl::Status Check(const v1::Config& config) {
  if (absl::Status status = CheckListen(config); !status.ok()) return status;
  if (absl::Status status = CheckOpsListen(config); !status.ok()) return status;
  if (absl::Status status = CheckTransport(TransportOf(config)); !status.ok()) return status;
  if (config.database().empty()) return absl::InvalidArgumentError("database: must not be empty");
  if (absl::Status status = CheckRetention(config); !status.ok()) return status;
  if (absl::Status status = CheckRequestLogShare(config); !status.ok()) return status;
  return CheckLogLevel(config.log_level());
}

}  // namespace

absl::StatusOr<v1::Config> LoadConfig(const std::string& path, const Settings& environment, const Settings& flags) {
  v1::Config config;
  config.set_listen("127.0.0.1:50051");
  config.set_database("aftercare.db");
  config.set_log_level("info");
  config.set_event_retention("720h");
  config.set_ops_listen("127.0.0.1:9464");
  config.set_request_log_share(1);
  config.set_principal_from("common_name");
  absl::Status status = ApplyFile(path, &config);
  if (status.ok()) status = ApplyEnvironment(Own(environment), kPrefix, &config);
  if (status.ok()) status = ApplyFlags(flags, &config);
  if (config.ops_listen().empty()) config.set_ops_listen(std::string(kOff));
  if (status.ok()) status = Check(config);
  if (!status.ok()) return status;
  return config;
}

absl::Duration EventRetention(const v1::Config& config) {
  absl::Duration retention;
  absl::ParseDuration(config.event_retention(), &retention);
  return retention;
}

Transport TransportOf(const v1::Config& config) {
  return {.tls_cert_file = config.tls_cert_file(),
          .tls_key_file = config.tls_key_file(),
          .tls_client_ca_file = config.tls_client_ca_file(),
          .principal_from = config.principal_from(),
          .unix_socket = config.unix_socket()};
}

bool HasOpsEndpoint(const v1::Config& config) { return config.ops_listen() != kOff; }

}  // namespace aftercare::server
