// Checks that this machine knows every time zone that a clinic or a patient uses.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_CHECK_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_CHECK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "scheduler/store/store.h"

namespace aftercare::engine {

// Checks the zones of all clinics and of all enrollments that have not ended. Returns FAILED_PRECONDITION, naming up to
// ten zones, if plan::FindZone does not know them all; or an error of the store. Must be called before an engine is
// made, because the engine would read an unknown zone as UTC and message patients at night. Takes one small read if the
// store was last used with this `zone_database` (see ZoneDatabaseFingerprint), which counts as OK; else some
// microseconds for each enrollment. Blocks. Thread safe.
absl::Status CheckZonesAreKnown(store::Store& store, int64_t zone_database);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_CHECK_H_
