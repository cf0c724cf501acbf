// A small history made by hand, for tests of the checker. It has one of each thing that the checker looks at, and it
// keeps all promises.
#ifndef AFTERCARE_TESTS_HISTORY_EXAMPLE_HISTORY_H_
#define AFTERCARE_TESTS_HISTORY_EXAMPLE_HISTORY_H_

#include "tests/history/history.pb.h"

namespace aftercare::history {

History ExampleHistory();

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_EXAMPLE_HISTORY_H_
