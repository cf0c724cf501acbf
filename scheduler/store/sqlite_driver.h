// SQLite as a Driver: one file, WAL, synchronous=FULL.
#ifndef AFTERCARE_SCHEDULER_STORE_SQLITE_DRIVER_H_
#define AFTERCARE_SCHEDULER_STORE_SQLITE_DRIVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

// Looks at `path` without changing anything, then takes a lock that keeps every other process's Aftercare out of the
// file for as long as the driver lives. A path that does not exist is created. FAILED_PRECONDITION: not an Aftercare
// database, or in use; DATA_LOSS: corrupt; UNAVAILABLE: cannot be opened.
absl::StatusOr<std::unique_ptr<Driver>> OpenSqlite(const std::string& path);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_SQLITE_DRIVER_H_
