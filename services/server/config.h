// The configuration of the server. Functions are thread safe.
#ifndef AFTERCARE_SERVICES_SERVER_CONFIG_H_
#define AFTERCARE_SERVICES_SERVER_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/config.pb.h"
#include "services/common/settings.h"
#include "services/server/transport.h"

namespace aftercare::server {

// Reads the configuration. It starts with the defaults, over which come the file at `path` (none if empty), then the
// variables AFTERCARE_* of `environment`, then `flags` (field names and values; empty values are ignored). Returns
// INVALID_ARGUMENT, naming the key, for an unknown key or a value out of range, and NOT_FOUND if the file cannot be
// read.
absl::StatusOr<v1::Config> LoadConfig(const std::string& path, const Settings& environment, const Settings& flags);

// How long events are kept. `config` must come from LoadConfig.
absl::Duration EventRetention(const v1::Config& config);

// How the server is reached. `config` must come from LoadConfig.
Transport TransportOf(const v1::Config& config);

// Whether there is to be an ops endpoint. `config` must come from LoadConfig.
bool HasOpsEndpoint(const v1::Config& config);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_CONFIG_H_
