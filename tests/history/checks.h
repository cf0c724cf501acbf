// The parts of the checker. Each adds what it finds to the faults.
#ifndef AFTERCARE_TESTS_HISTORY_CHECKS_H_
#define AFTERCARE_TESTS_HISTORY_CHECKS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/history/index.h"

namespace aftercare::history {

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

// What was acknowledged is there at the end, as often as it was asked for; and what nobody asked for is not.
void CheckChangesAreKept(const Index& index, Faults* faults);
void CheckDeliveriesAreKept(const Index& index, Faults* faults);
// Who looks after an acknowledgement finds what was acknowledged; and nothing is refused that should not be.
void CheckAnswers(const Index& index, Faults* faults);
// Nothing is offered early or expired.
void CheckTimes(const Index& index, Faults* faults);
// Every occurrence ends, once.
void CheckEnds(const Index& index, Faults* faults);
// Nothing that was sent is leased again; a lease has one holder.
void CheckLeases(const Index& index, Faults* faults);
// What was acknowledged before something else was asked for is before it in the log.
void CheckOrder(const Index& index, Faults* faults);
// Watchers see the log.
void CheckWatchers(const Index& index, Faults* faults);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_CHECKS_H_
