// The schema of the database, as numbered migration steps. Each step is applied once, in order, forward only. A step
// that has been released must never be edited: a change of the schema is a new step.
#ifndef AFTERCARE_SCHEDULER_STORE_MIGRATIONS_H_
#define AFTERCARE_SCHEDULER_STORE_MIGRATIONS_H_

#include "absl/status/status.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

// The schema version of this program: the number of the last step.
int NewestSchema();

// Checks the schema of a database without changing it. Returns FAILED_PRECONDITION if it is newer than NewestSchema().
absl::Status CheckSchema(Connection& connection);

// Migrates the database to NewestSchema(), in one transaction under the write lock. A new database also gets its
// secret. Returns FAILED_PRECONDITION if the schema is newer than NewestSchema(). The database is unchanged after an
// error.
absl::Status Migrate(Connection& connection, const Dialect& dialect);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_MIGRATIONS_H_
