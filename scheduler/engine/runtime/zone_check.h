// Whether this machine knows every time zone that somebody lives in.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_CHECK_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_CHECK_H_

#include <cstdint>

#include "absl/status/status.h"
#include "scheduler/store/store.h"

namespace aftercare::engine {

// Looks for zones that plan::FindZone does not know in clinics and in enrollments that have not ended. To be asked
// before there is an engine: it would read such a zone as UTC, and message patients at night. Costs one read where the
// zone database is the one that was used last over this store (`zone_database`, ZoneDatabaseFingerprint), and else a
// look at every enrollment, some microseconds each. FAILED_PRECONDITION naming the zones; errors of the store. Waits;
// thread safe.
absl::Status CheckZonesAreKnown(store::Store& store, int64_t zone_database);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ZONE_CHECK_H_
