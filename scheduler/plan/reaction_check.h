// Checks of what a pathway does about answers: choices, reactions, word lists, and the urgency and escalation of tasks.
// Used by CheckPathway only. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_REACTION_CHECK_H_
#define AFTERCARE_SCHEDULER_PLAN_REACTION_CHECK_H_

#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// Returns the kind of a reaction; kNone if it has no condition.
ReactionKind KindOf(const v1::Reaction& reaction);

// Reads the word lists, and what each rule says about answers and tasks, into `parts`. Its rules, their ids and the
// kinds of their reactions and answers must be there already. Adds an error for every faulty field, with its path from
// the pathway.
void CheckReactions(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_REACTION_CHECK_H_
