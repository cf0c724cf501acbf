// Faults to put into a history that has none: that the checker finds them is what makes its silence worth anything.
#ifndef AFTERCARE_TESTS_HISTORY_MUTATIONS_H_
#define AFTERCARE_TESTS_HISTORY_MUTATIONS_H_

#include <vector>

#include "tests/history/history.pb.h"

namespace aftercare::history {

struct Mutation {
  const char* name;      // an identifier
  const char* expected;  // part of the sentence that says so
  // Makes the fault; false if the history has nothing to make it of.
  bool (*apply)(History* history);
};

const std::vector<Mutation>& AllMutations();

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_MUTATIONS_H_
