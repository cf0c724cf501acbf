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

  // To which instance of the group it belongs, counted from 1: each begins with an occurrence of the first rule and
  // goes on until the next of it, by nominal times. 0: what is before the first of them.
  int instance = 0;
};

// What a patient's plan has of the group with that index, in order of nominal times. The first rule is the first in the
// pathway's order of those that have an occurrence for this patient. Pure and thread safe.
std::vector<GroupMember> MembersOf(const CompiledPathway& pathway, const PatientFacts& facts, int group);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_GROUPS_H_
