// Checks that this machine knows every time zone that somebody lives in.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_CHECK_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_CHECK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "scheduler/store/store.h"

namespace aftercare::engine {

// Returns FAILED_PRECONDITION, naming the zones, if clinics, or enrollments that have not ended, live in zones that
// plan::FindZone does not know; or an error of the store. To be called before an engine is made: the engine would read
// such a zone as UTC, and message patients at night. Costs one read if the store was last used with this
// `zone_database` (see ZoneDatabaseFingerprint), else some microseconds for each enrollment. Blocks. Thread safe.
absl::Status CheckZonesAreKnown(store::Store& store, int64_t zone_database);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_CHECK_H_
