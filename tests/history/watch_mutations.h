// Faults of what watchers see, and of the log, for the tests of the checker. Each returns whether the history has what
// it changes.
#ifndef AFTERCARE_TESTS_HISTORY_WATCH_MUTATIONS_H_
#define AFTERCARE_TESTS_HISTORY_WATCH_MUTATIONS_H_

#include "tests/history/history.pb.h"

namespace aftercare::history {

bool SeeTwice(History* history);
bool SeeGap(History* history);
bool SeeOutOfOrder(History* history);
bool SeeWhatIsNot(History* history);
bool StopEarly(History* history);
bool ListNothing(History* history);
bool LogOutOfOrder(History* history);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_WATCH_MUTATIONS_H_
