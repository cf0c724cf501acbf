// Explains a due time in words. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_EXPLAIN_H_
#define AFTERCARE_SCHEDULER_PLAN_EXPLAIN_H_

#include <cstdint>

#include "aftercare/v1/reminder.pb.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/reminder.h"

namespace aftercare::plan {

// Adds `steps` to `reminder`, which shows the occurrence of rule `rule` with this name code (Plan::FindNamed). Each
// step says what moved the due time, and to when. `plan` must be made of `pathway` and `facts`. If the due_time of the
// reminder is not that of the plan, the last step says why: the clinic moved it (`moved`), or it was recorded under
// earlier facts. Times are by the patient's clock. When an appointment begins is told by the clinic's clock too, if
// that shows another time.
void AddSteps(const CompiledPathway& pathway, const PatientFacts& facts, const ClinicFacts& clinic, const Plan& plan,
              int rule, int64_t code, bool moved, v1::Reminder* reminder);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_EXPLAIN_H_
