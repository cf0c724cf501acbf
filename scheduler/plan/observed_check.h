// Checks of a rule's conditions on what the patient answered. Used by CheckPathway only. Functions are pure and thread
// safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_OBSERVED_CHECK_H_
#define AFTERCARE_SCHEDULER_PLAN_OBSERVED_CHECK_H_

#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// Reads Rule.observed of each rule into `parts`, whose rules must be complete otherwise. Adds an error for every faulty
// field, with its path from the pathway.
void CheckObserved(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_OBSERVED_CHECK_H_
