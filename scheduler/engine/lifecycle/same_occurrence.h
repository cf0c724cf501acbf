// Which tellings are of one series and anchor, and which are the same occurrence. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SAME_OCCURRENCE_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SAME_OCCURRENCE_H_

#include "scheduler/plan/match.h"

namespace aftercare::engine {

// Returns whether two tellings are of one series and count from the same anchor.
inline bool IsSameSeries(const plan::Telling& a, const plan::Telling& b) {
  return a.series == b.series && a.visit == b.visit && a.start == b.start && a.outside_by == b.outside_by;
}

// Returns whether two tellings are of the same occurrence, by any rule of the series.
inline bool IsSameOccurrence(const plan::Telling& a, const plan::Telling& b) {
  return a.instant == b.instant && a.expire == b.expire && a.line == b.line && IsSameSeries(a, b);
}

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SAME_OCCURRENCE_H_
