// What has set off the reminders of rules that react to answers. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REACTION_RECORDS_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REACTION_RECORDS_H_

#include <string>

#include "aftercare/record/v1/plan_history.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/plan.h"

namespace aftercare::engine {

// Returns the record of what set off an occurrence, whose rule is an index in the present pathway: the first that is not
// withdrawn, else the first that is. Null if the rule is no reaction, or nothing is recorded. Points into the context.
const record::v1::ReactionRecord* FindReaction(const EnrollmentContext& context, const plan::Occurrence& occurrence);

// Returns the resource name of what set off an occurrence: a reply, or a reminder that nobody answered. Empty if that is
// not known.
std::string CauseOf(const EnrollmentContext& context, const plan::Occurrence& occurrence);

// Returns whether the answer that set off a reminder was corrected, or came after all.
bool IsCauseWithdrawn(const EnrollmentContext& context, const store::ReminderRow& row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REACTION_RECORDS_H_
