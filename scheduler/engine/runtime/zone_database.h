// The rules of time zones on this machine, told apart from those of another day. This is the one place of the engine
// that reads files: plans are derived from these, and so the index is.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_DATABASE_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_DATABASE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace aftercare::engine {

// A hash over the names and rules of all zones in `directory` (plan::ZoneDirectory()) that plan::FindZone would take:
// the same for the same, on every machine; never 0. Reads some 600 small files, which takes about ten milliseconds.
// FAILED_PRECONDITION if it cannot be read or has no zone: nobody could then be told what time it is for a patient.
// Thread safe.
absl::StatusOr<int64_t> ZoneDatabaseFingerprint(const std::string& directory);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_DATABASE_H_
