#ifndef AFTERCARE_SCHEDULER_PLAN_EXPLAIN_H_
#define AFTERCARE_SCHEDULER_PLAN_EXPLAIN_H_

#include "aftercare/v1/reminder.pb.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"

namespace aftercare::plan {

// Adds to `reminder`, which is that occurrence as users see it, how its due_time came about, for people. `plan` is the
// patient's, made of `pathway` and `facts`. Where the reminder has another due_time than the plan says, because it was
// recorded when there were other facts, or (`moved`) because the clinic moved it, the last step says so.
void AddSteps(const CompiledPathway& pathway, const PatientFacts& facts, const Plan& plan, int rule, int number,
              bool moved, v1::Reminder* reminder);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_EXPLAIN_H_
