#ifndef AFTERCARE_TESTS_HISTORY_ENDING_H_
#define AFTERCARE_TESTS_HISTORY_ENDING_H_

#include <vector>

#include "tests/history/world.h"

namespace aftercare::history {

// Brings everything to its end, when writers and gateways have gone: time passes in the sandboxes until no window is
// open, and every enrollment ends. Answers how each place stands then, without its log.
History BringToAnEnd(World& world, const std::vector<Place>& places);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_ENDING_H_
