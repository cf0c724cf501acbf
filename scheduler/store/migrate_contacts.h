// The parts of migration steps 4 and 9 that SQL alone cannot do. Used by migrations.cc only.
#ifndef AFTERCARE_SCHEDULER_STORE_MIGRATE_CONTACTS_H_
#define AFTERCARE_SCHEDULER_STORE_MIGRATE_CONTACTS_H_

#include "absl/status/status.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

// Enters the contact points of all enrollments in the table `contact`, and sets the channel of all messages that wait
// for a gateway, are or were leased by one, or are held back by a pause. Runs in the transaction of the migration, on
// the schema as of step 4. Returns DATA_LOSS if a stored enrollment cannot be parsed.
absl::Status MigrateContacts(Connection& connection);

// Fills the table `contact` of step 9 from `contact_before`, which has the keys of earlier versions, and drops that.
absl::Status HashContacts(Connection& connection);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_MIGRATE_CONTACTS_H_
