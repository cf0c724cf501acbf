// The schema of the database, as numbered migration steps. Each step is applied once, in order, forward only. A step
// that has been released must never be edited: a change of the schema is a new step.
#ifndef AFTERCARE_SCHEDULER_STORE_MIGRATIONS_H_
#define AFTERCARE_SCHEDULER_STORE_MIGRATIONS_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

// The schema version of this program: the number of the last step.
int NewestSchema();

// Checks the schema of a database without changing it. Returns FAILED_PRECONDITION if it is newer than NewestSchema().
absl::Status CheckSchema(Connection& connection);

// Told what the migration of a large database is about to do, such as `the database is brought to schema 8: the
// reminders`, because each part may take a minute. May be null.
using MigrationProgress = std::function<void(absl::string_view what)>;

// Migrates the database to NewestSchema(), in one transaction under the write lock. A new database also gets its
// secret. Tells `progress` of the parts that may take long, if the database is not new. Returns FAILED_PRECONDITION if
// the schema is newer than NewestSchema(). The database is unchanged after an error.
absl::Status Migrate(Connection& connection, const Dialect& dialect, const MigrationProgress& progress = nullptr);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_MIGRATIONS_H_
