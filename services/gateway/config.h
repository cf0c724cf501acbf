#ifndef AFTERCARE_SERVICES_GATEWAY_CONFIG_H_
#define AFTERCARE_SERVICES_GATEWAY_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "services/channel/server_access.h"
#include "services/common/settings.h"

namespace aftercare::gateway {

// Reads the configuration. It starts with the defaults, over which come the file at `path` (none if empty), then the
// variables AFTERCARE_GATEWAY_* of `environment`, then `flags` (field names and values; empty values are ignored).
// Returns INVALID_ARGUMENT for an unknown key, naming it, or for fields that are missing or out of range, naming every
// one. Returns NOT_FOUND if the file cannot be read. Thread safe, as are the functions below.
absl::StatusOr<v1::GatewayConfig> LoadConfig(const std::string& path, const Settings& environment,
                                             const Settings& flags);

// Returns the configuration in text format, with `***` in place of passwords, secrets and tokens.
std::string Presentable(v1::GatewayConfig config);

// Returns how the server is reached.
ServerAccess AccessOf(const v1::GatewayConfig& config);

// Parses the timeout of a channel. `text` must come from a configuration that LoadConfig returned; 30 seconds if it is
// not a duration.
absl::Duration ToTimeout(const std::string& text);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_CONFIG_H_
