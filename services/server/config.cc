#include "services/server/config.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "services/server/server.h"

namespace aftercare::server {
namespace {

constexpr absl::string_view kPrefix = "AFTERCARE_";
// Variables of the command line client.
constexpr absl::string_view kForeign[] = {"AFTERCARE_SERVER", "AFTERCARE_CLINIC"};

class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty()) text = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }

  std::string text;
};

absl::Status ReadFile(const std::string& path, v1::Config* config) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file.good()) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  FirstError errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  v1::Config read;
  if (!parser.ParseFromString(text.str(), &read)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", errors.text));
  }
  config->MergeFrom(read);
  return absl::OkStatus();
}

// All fields of Config are strings.
bool Set(absl::string_view field_name, const std::string& value, v1::Config* config) {
  const auto* field = v1::Config::descriptor()->FindFieldByName(std::string(field_name));
  if (field == nullptr) return false;
  config->GetReflection()->SetString(config, field, value);
  return true;
}

bool IsForeign(absl::string_view name) {
  for (absl::string_view foreign : kForeign) {
    if (name == foreign) return true;
  }
  return false;
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

absl::Status Check(const v1::Config& config) {
  if (!IsLoopback(config.listen())) {
    return absl::InvalidArgumentError(
        absl::StrCat("listen: ", config.listen(),
                     " is not host:port on loopback; without TLS and authentication nothing else is served"));
  }
  if (config.database().empty()) return absl::InvalidArgumentError("database: must not be empty");
  if (absl::Status status = CheckRetention(config); !status.ok()) return status;
  for (absl::string_view level : {"debug", "info", "warn", "error"}) {
    if (config.log_level() == level) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("log_level: ", config.log_level(), " is not one of debug, info, warn, error"));
}

}  // namespace

absl::StatusOr<v1::Config> LoadConfig(const std::string& path, const Settings& environment, const Settings& flags) {
  v1::Config config;
  config.set_listen("127.0.0.1:50051");
  config.set_database("aftercare.db");
  config.set_log_level("info");
  config.set_event_retention("720h");
  if (!path.empty()) {
    if (absl::Status status = ReadFile(path, &config); !status.ok()) return status;
  }
  for (const auto& [name, value] : environment) {
    if (!absl::StartsWith(name, kPrefix) || IsForeign(name)) continue;
    if (!Set(absl::AsciiStrToLower(absl::StripPrefix(name, kPrefix)), value, &config)) {
      return absl::InvalidArgumentError(absl::StrCat("environment variable ", name, " is not a setting"));
    }
  }
  for (const auto& [name, value] : flags) {
    if (!value.empty()) Set(name, value, &config);
  }
  if (absl::Status status = Check(config); !status.ok()) return status;
  return config;
}

absl::Duration EventRetention(const v1::Config& config) {
  absl::Duration retention;
  absl::ParseDuration(config.event_retention(), &retention);
  return retention;
}

Settings ProcessEnvironment() {
  Settings settings;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    settings.push_back(absl::StrSplit(absl::string_view(*entry), absl::MaxSplits('=', 1)));
  }
  return settings;
}

}  // namespace aftercare::server
