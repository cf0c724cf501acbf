// Finds rules of one series that can meet: a patient would be told the same thing twice at one time.
//
// Thread safety: functions are pure, so they may be called from any thread.
#ifndef AFTERCARE_SCHEDULER_PLAN_SERIES_CHECK_H_
#define AFTERCARE_SCHEDULER_PLAN_SERIES_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// Two rules of one series that can both be due for one patient on the same day at the same local time.
struct SeriesOverlap {
  // The rules, by index. `first` is the lower one.
  int first = 0;
  int second = 0;

  // One occasion on which both are due: days after the anchor (the procedure, or the date of the visit), and minutes
  // since midnight.
  int64_t day = 0;
  int minute = 0;

  // A patient to whom both apply: a value, by its index, for each factor that one of the rules names. Ascending by
  // factor.
  std::vector<std::pair<int, int>> factors;
};

// Returns the pairs of rules of one series that can meet, ordered by `first`, then `second`, at most `most` of them.
// Two rules can meet if
// - they count from the same anchor: the procedure, or the same visit in the same state;
// - the conditions of both can hold for one patient;
// - they have a time of day in common, and for some anchor date a day in common.
// Only nominal times count. Contact hours, closed days, spreads and hand-made changes may move reminders together or
// apart. Exact for anchor dates from 1901 to 2099.
std::vector<SeriesOverlap> FindSeriesOverlaps(const CompiledPathway& pathway, size_t most);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_SERIES_CHECK_H_
