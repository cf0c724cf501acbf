#ifndef AFTERCARE_SCHEDULER_STORE_MIGRATE_CONTACTS_H_
#define AFTERCARE_SCHEDULER_STORE_MIGRATE_CONTACTS_H_

#include "absl/status/status.h"
#include "scheduler/store/driver.h"

namespace aftercare::store {

// Part of a migration, in its transaction: enters the contact points of all enrollments in `contact`, and sets the
// channel of messages that wait for a gateway, are or were with one or are held back by a pause, in the schema of step
// 4.
absl::Status MigrateContacts(Connection& connection);

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_MIGRATE_CONTACTS_H_
