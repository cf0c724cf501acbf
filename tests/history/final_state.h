#ifndef AFTERCARE_TESTS_HISTORY_FINAL_STATE_H_
#define AFTERCARE_TESTS_HISTORY_FINAL_STATE_H_

#include <vector>

#include "tests/history/test_run.h"

namespace aftercare::history {

// Finishes a run after its writers and gateways have gone: lets time pass in the sandboxes until no window is open, and
// ends every enrollment. Returns the final state of each place, without its log.
History FinishAndReadState(TestRun& run, const std::vector<Place>& places);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_FINAL_STATE_H_
