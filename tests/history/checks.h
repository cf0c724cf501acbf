// The parts of the checker. Each adds a sentence to `faults` for each fault that it finds. They are pure otherwise.
#ifndef AFTERCARE_TESTS_HISTORY_CHECKS_H_
#define AFTERCARE_TESTS_HISTORY_CHECKS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/history/index.h"

namespace aftercare::history {

// The faults that were found. Keeps the first hundred. Not thread safe.
class Faults {
 public:
  template <typename... Parts>
  void Add(const Parts&... parts) {
    constexpr size_t kEnough = 100;
    if (texts_.size() < kEnough) texts_.push_back(absl::StrCat(parts...));
  }
  std::vector<std::string> Take() { return std::move(texts_); }

 private:
  std::vector<std::string> texts_;
};

// Promise 1: the final state and the log have every acknowledged change once, and no change that nobody asked for. The
// first function checks the changes of writers, the second the reports of gateways.
void CheckChangesAreKept(const Index& index, Faults* faults);
void CheckDeliveriesAreKept(const Index& index, Faults* faults);
// Promise 1: a read that begins after an acknowledgement shows what was acknowledged. No call is refused without a good
// reason.
void CheckAnswers(const Index& index, Faults* faults);
// Promise 1: no reminder is offered before it is due or after it has expired.
void CheckTimes(const Index& index, Faults* faults);
// Promises 1 and 7: each sign of danger that was acknowledged has set off one task, and nothing else has.
void CheckReactions(const Index& index, Faults* faults);
// Promises 1 and 7: each of these tasks goes step after step, each once and at its time, until somebody acknowledges or
// completes it. Nobody is said to have acknowledged what they have not.
void CheckEscalations(const Index& index, Faults* faults);
// Promises 1, 3 and 7: care teams are told of these tasks, each at the rule or step that names it, once, and not after
// somebody has seen to the task.
void CheckNotices(const Index& index, Faults* faults);
// Promise 2: every occurrence ends in exactly one terminal state.
void CheckEnds(const Index& index, Faults* faults);
// Promise 3: a reminder that was reported sent is not leased again, and at most one gateway at a time holds a reminder.
void CheckLeases(const Index& index, Faults* faults);
// Promise 4, for the log: if one change was acknowledged before another was asked for, its event comes first.
void CheckOrder(const Index& index, Faults* faults);
// Promise 4, for watchers: each sees the events of the log that pass its filter once, in order and without gaps.
void CheckWatchers(const Index& index, Faults* faults);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_CHECKS_H_
