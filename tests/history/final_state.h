#ifndef AFTERCARE_TESTS_HISTORY_FINAL_STATE_H_
#define AFTERCARE_TESTS_HISTORY_FINAL_STATE_H_

#include <vector>

#include "tests/history/test_run.h"

namespace aftercare::history {

// Finishes a run after its writers and gateways have stopped. Advances the clocks of the sandboxes until every window
// has closed, and ends every enrollment. Returns a history with the final state of each place, without its log.
History FinishAndReadState(TestRun& run, const std::vector<Place>& places);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_FINAL_STATE_H_
