// What the answers of a patient make needless: the other reminders of an answered instance of a group, and those of
// later instances that fall into the group's silence. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_ANSWERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_ANSWERS_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Occurrences of the present plan that are not sent because of an answer, with the reason: ANSWERED, SILENCED or
// GROUP_ENDED.
using NeedlessOccurrences = absl::flat_hash_map<OccurrenceKey, v1::ReminderReason>;

// Returns what the completed reminders among `rows`, which are all rows of the enrollment, make needless at `now`. An
// instance of a group is answered if one of its reminders was completed. An answer that something was not done begins
// no silence. What is unsent of a group that a reaction has ended (effects.h) is needless too. What was sent, or ended
// for another reason, is never needless.
NeedlessOccurrences NeedlessByAnswers(const EnrollmentContext& context, const std::vector<store::ReminderRow>& rows,
                                      absl::Time now);

// Returns whether an occurrence of the plan is of a rule that is a follow-up, and comes due though no other reminder of
// its instance of the group was sent, or was sent and came back. `rows` are all rows of the enrollment.
bool LacksQuestion(const EnrollmentContext& context, const OccurrenceKey& occurrence,
                   const std::vector<store::ReminderRow>& rows);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_ANSWERS_H_
