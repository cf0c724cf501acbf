// Faults of the texts of leases, for the tests of the checker. Each returns whether the history has what it changes.
#ifndef AFTERCARE_TESTS_HISTORY_TEXT_MUTATIONS_H_
#define AFTERCARE_TESTS_HISTORY_TEXT_MUTATIONS_H_

#include "tests/history/history.pb.h"

namespace aftercare::history {

// Renames a patient just before a lease that says the earlier name.
bool SayAnOldName(History* history);

// Lets a lease say a name that nobody has.
bool SayAName(History* history);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_TEXT_MUTATIONS_H_
