#ifndef AFTERCARE_SERVICES_GATEWAY_CONFIG_H_
#define AFTERCARE_SERVICES_GATEWAY_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "services/common/settings.h"

namespace aftercare::gateway {

// Defaults, then the file at `path` (empty: none), then AFTERCARE_GATEWAY_* of `environment`, then `flags` (field names
// and values; empty values are not set). INVALID_ARGUMENT naming the key for anything unknown, or every field that is
// missing or out of range; NOT_FOUND if the file cannot be read.
absl::StatusOr<v1::GatewayConfig> LoadConfig(const std::string& path, const Settings& environment,
                                             const Settings& flags);

// In text format, with stars for passwords, secrets and tokens.
std::string Presentable(v1::GatewayConfig config);

// A timeout of a configuration that was loaded.
absl::Duration ToTimeout(const std::string& text);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_CONFIG_H_
