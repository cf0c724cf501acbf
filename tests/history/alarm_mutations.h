// Faulty histories of signs of danger, of the tasks that they set off, and of how these escalate.
#ifndef AFTERCARE_TESTS_HISTORY_ALARM_MUTATIONS_H_
#define AFTERCARE_TESTS_HISTORY_ALARM_MUTATIONS_H_

#include <vector>

#include "tests/history/mutations.h"

namespace aftercare::history {

const std::vector<Mutation>& AlarmMutations();

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_ALARM_MUTATIONS_H_
