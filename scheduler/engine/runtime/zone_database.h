// A fingerprint of this machine's time zone rules. Plans, and the next_due of each enrollment, are derived from the
// rules: when the rules change, next_due must be derived again. This is the only place in the engine that reads files.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_DATABASE_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_DATABASE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace aftercare::engine {

// Returns a hash of the names and rules of all zones in `directory` (plan::ZoneDirectory()) that plan::FindZone
// accepts. The same rules give the same hash on every machine; it is never 0. Reads some 600 small files, which takes
// about ten milliseconds. FAILED_PRECONDITION if the directory cannot be read or has no zones. Thread safe.
absl::StatusOr<int64_t> ZoneDatabaseFingerprint(const std::string& directory);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_DATABASE_H_
