#ifndef AFTERCARE_SERVICES_SERVER_CONFIG_H_
#define AFTERCARE_SERVICES_SERVER_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/v1/config.pb.h"
#include "services/common/settings.h"

namespace aftercare::server {

// Defaults, then the file at `path` (empty: none), then `environment` (all of it; only AFTERCARE_* matters), then
// `flags` (field names and values; empty values are not set). INVALID_ARGUMENT naming the key for anything unknown or
// out of range; NOT_FOUND if the file cannot be read.
absl::StatusOr<v1::Config> LoadConfig(const std::string& path, const Settings& environment, const Settings& flags);

// How long events are kept, by a configuration that LoadConfig answered.
absl::Duration EventRetention(const v1::Config& config);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_CONFIG_H_
