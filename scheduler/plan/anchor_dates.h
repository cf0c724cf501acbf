// Anchor dates that stand for all, for checks of what a pathway can do to any patient.
#ifndef AFTERCARE_SCHEDULER_PLAN_ANCHOR_DATES_H_
#define AFTERCARE_SCHEDULER_PLAN_ANCHOR_DATES_H_

#include <vector>

#include "absl/time/civil_time.h"

namespace aftercare::plan {

// Returns anchor dates that stand for all from 1901 to 2099: for every such date there is one here from which each rule
// has the same days. Pure and thread safe.
std::vector<absl::CivilDay> AllKindsOfAnchor();

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_ANCHOR_DATES_H_
