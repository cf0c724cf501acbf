// Checks whether a history (history.proto: what the clients of a server saw) keeps the promises of the service:
//
//   1. No acknowledged change is lost. No reminder is offered before it is due or after it has expired.
//   2. Every occurrence ends in exactly one terminal state with a reason.
//   3. A reminder that was reported SENT is never leased again. At most one gateway at a time holds a reminder.
//   4. A watcher sees each event once and in order, without gaps.
//
// A call without an answer may have taken effect once, or not at all. The final state and the event log decide which.
#ifndef AFTERCARE_TESTS_HISTORY_CHECKER_H_
#define AFTERCARE_TESTS_HISTORY_CHECKER_H_

#include <string>
#include <vector>

#include "tests/history/history.pb.h"

namespace aftercare::history {

// Returns the faults of a history, one sentence each, at most one hundred. Returns none if it keeps all promises. Pure.
std::vector<std::string> Check(const History& history);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_CHECKER_H_
