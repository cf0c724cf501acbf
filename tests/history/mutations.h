// Faults to put into a history that has none. The checker must find each of them: otherwise finding no faults would
// prove nothing.
#ifndef AFTERCARE_TESTS_HISTORY_MUTATIONS_H_
#define AFTERCARE_TESTS_HISTORY_MUTATIONS_H_

#include <vector>

#include "tests/history/history.pb.h"

namespace aftercare::history {

struct Mutation {
  const char* name;      // an identifier, for the name of the test
  const char* expected;  // a part of the sentence with which the checker reports the fault
  // Changes the history so that it has the fault. Returns false if the history lacks the entries that this needs.
  bool (*apply)(History* history);
};

const std::vector<Mutation>& AllMutations();

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_MUTATIONS_H_
