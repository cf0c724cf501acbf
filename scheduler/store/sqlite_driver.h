// The driver for SQLite: one file, with a write-ahead log and synchronous=FULL.
#ifndef AFTERCARE_SCHEDULER_STORE_SQLITE_DRIVER_H_
#define AFTERCARE_SCHEDULER_STORE_SQLITE_DRIVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

// Checks the database at `path` without changing its contents, and takes a lock that keeps other Aftercare processes
// out of it while the driver lives. The search for damage stops after a fraction of a second, so it may miss some. If
// the file does not exist, the first ConnectWriter creates it. Returns
//   FAILED_PRECONDITION if it is not an Aftercare database, is in use, or has a newer schema than this program;
//   DATA_LOSS           if damage was found;
//   UNAVAILABLE         if it cannot be opened or locked.
absl::StatusOr<std::unique_ptr<Driver>> OpenSqlite(const std::string& path);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_SQLITE_DRIVER_H_
