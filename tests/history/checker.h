// Whether a history keeps the promises of the service:
//
//   1. Nothing acknowledged is lost; nothing is offered early; nothing expired is offered.
//   2. Every occurrence ends in exactly one terminal state with a reason.
//   3. A reminder reported SENT is never leased again; and one gateway at a time holds a reminder.
//   4. A watcher sees each event once, in order, no gap.
//
// A call without an answer may have happened or not; what it did is whatever the end and the log make of it, once.
#ifndef AFTERCARE_TESTS_HISTORY_CHECKER_H_
#define AFTERCARE_TESTS_HISTORY_CHECKER_H_

#include <string>
#include <vector>

#include "tests/history/history.pb.h"

namespace aftercare::history {

// What is wrong with a history, a sentence each; the first hundred. Pure.
std::vector<std::string> Check(const History& history);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_CHECKER_H_
