// What has set off the reminders of rules that react to answers. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REACTION_RECORDS_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REACTION_RECORDS_H_

#include <string>
#include <vector>

#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Returns the id of a reminder, as ReactionRecord has it.
std::string ReminderIdOf(const store::ReminderKey& key);

// Returns the resource name of what set off an occurrence of the present plan: a reply, or a reminder that nobody
// answered. Empty if its rule is no reaction.
std::string CauseOf(const EnrollmentContext& context, const plan::Occurrence& occurrence);

// The same for a stored reminder. Also empty if what set it off is not recorded any more.
std::string CauseOf(const EnrollmentContext& context, const store::ReminderRow& row);

// Returns the ids of the reminders whose answers, or whose lack of one, set off a stored reminder. Several answers of
// one minute set off the same reminder. They are in the order in which they were recorded, those that were withdrawn
// last. Empty if that is not recorded any more.
std::vector<std::string> CausingReminders(const EnrollmentContext& context, const store::ReminderRow& row);

// Returns the records of what set off an occurrence of the present plan, withdrawn ones too, by their index in the
// enrollment's history. Empty if its rule is no reaction.
std::vector<int> RecordsOf(const EnrollmentContext& context, const plan::Occurrence& occurrence);

// Returns whether a reminder stays to be done though the plan does not have it any more: it is a task that an answer
// has set off and that is open, and the pathway still has its rule. So a change of factors takes no alarm away. A
// correction of the answer does.
bool OutlivesPlan(const EnrollmentContext& context, const store::ReminderRow& row);

// Returns whether the answer that set off a reminder was corrected, or came after all.
bool IsCauseWithdrawn(const EnrollmentContext& context, const store::ReminderRow& row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_REACTION_RECORDS_H_
