// The driver for SQLite: one file, with a write-ahead log and synchronous=FULL.
#ifndef AFTERCARE_SCHEDULER_STORE_SQLITE_DRIVER_H_
#define AFTERCARE_SCHEDULER_STORE_SQLITE_DRIVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

// Checks the database at `path` without changing anything, then takes a lock that keeps other Aftercare processes out
// of it while the driver lives. The file is created by the first ConnectWriter if it does not exist. Returns
//   FAILED_PRECONDITION if it is not an Aftercare database or is in use by another process;
//   DATA_LOSS           if it is corrupt;
//   UNAVAILABLE         if it cannot be opened.
absl::StatusOr<std::unique_ptr<Driver>> OpenSqlite(const std::string& path);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_SQLITE_DRIVER_H_
