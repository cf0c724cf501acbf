// How the visits of a patient may go.
#ifndef AFTERCARE_SCHEDULER_PLAN_YEAR_VISIT_STORIES_H_
#define AFTERCARE_SCHEDULER_PLAN_YEAR_VISIT_STORIES_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/year/year_report.h"

namespace aftercare::plan {

// A span of time in which all visits of a patient are in one state. Each visit has a span of its own.
struct VisitStage {
  v1::VisitState state = v1::VISIT_STATE_UNBOOKED;
  Visits visits;                  // By index.
  std::vector<absl::Time> until;  // By visit: when its next stage begins; InfiniteFuture after the last.
};

// Returns the stages of a story, in order. Pure and thread safe.
std::vector<VisitStage> StagesOf(const CompiledPathway& pathway, VisitStory story, absl::CivilDay procedure_date,
                                 absl::TimeZone zone);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_YEAR_VISIT_STORIES_H_
