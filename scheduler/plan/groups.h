// Groups of rules that go together, such as a question and its follow-up. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_GROUPS_H_
#define AFTERCARE_SCHEDULER_PLAN_GROUPS_H_

#include <vector>

#include "scheduler/plan/facts.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/plan.h"

namespace aftercare::plan {

// An occurrence of a rule of a group.
struct GroupMember {
  Occurrence occurrence;

  // The instance of the group it belongs to, counted from 1. An instance begins with an occurrence of the group's first
  // rule and ends before the next occurrence of that rule, by nominal times. 0 for what comes before the first
  // instance.
  int instance = 0;
};

// Returns the occurrences of a group (given by its index) in a patient's plan, by nominal time. The first rule of the
// group is the first one, in the order of the pathway, that has an occurrence for this patient.
std::vector<GroupMember> MembersOf(const CompiledPathway& pathway, const PatientFacts& facts, int group);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_GROUPS_H_
