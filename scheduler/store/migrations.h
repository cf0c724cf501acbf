// The schema, and how a database comes to it: numbered steps, forward only, each applied once, ever. A step that has
// been released is never edited; what must change is a further step.
#ifndef AFTERCARE_SCHEDULER_STORE_MIGRATIONS_H_
#define AFTERCARE_SCHEDULER_STORE_MIGRATIONS_H_

#include "absl/status/status.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

// The schema this program was built for: the number of its last step.
int NewestSchema();

// Only looks. FAILED_PRECONDITION: the schema is newer than NewestSchema().
absl::Status CheckSchema(Connection& connection);

// Brings the database to NewestSchema() in one transaction under the write lock, and gives a new one its secret.
// FAILED_PRECONDITION as in CheckSchema, and then nothing has been changed.
absl::Status Migrate(Connection& connection, const Dialect& dialect);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_MIGRATIONS_H_
