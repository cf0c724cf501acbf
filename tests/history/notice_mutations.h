// Faulty histories of how care teams are told of tasks about signs of danger.
#ifndef AFTERCARE_TESTS_HISTORY_NOTICE_MUTATIONS_H_
#define AFTERCARE_TESTS_HISTORY_NOTICE_MUTATIONS_H_

#include <vector>

#include "tests/history/mutations.h"

namespace aftercare::history {

const std::vector<Mutation>& NoticeMutations();

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_NOTICE_MUTATIONS_H_
