#include "tests/history/checker.h"

#include "tests/history/checks.h"

namespace aftercare::history {

std::vector<std::string> Check(const History& history) {
  const Index index(history);
  Faults faults;
  CheckChangesAreKept(index, &faults);
  CheckDeliveriesAreKept(index, &faults);
  CheckAnswers(index, &faults);
  CheckTimes(index, &faults);
  CheckEnds(index, &faults);
  CheckReactions(index, &faults);
  CheckEscalations(index, &faults);
  CheckNotices(index, &faults);
  CheckLeases(index, &faults);
  CheckOrder(index, &faults);
  CheckWatchers(index, &faults);
  return faults.Take();
}

}  // namespace aftercare::history
