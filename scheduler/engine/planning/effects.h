// What reactions do to the plan besides their reminders (v1::Reaction.effect): they end a group, or change a factor.
// The enrollment's history records which reactions took effect. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_EFFECTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_EFFECTS_H_

#include <cstdint>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "google/protobuf/repeated_field.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Lets reactions take effect whose reminders have come due. `fired` are occurrences of the present plan. Stores the
// enrollment as it is then, adjusts its reminders, and updates `context`. Does nothing for rules without an effect.
// Returns how many occurrences fire because of that.
absl::StatusOr<int64_t> ApplyEffects(store::WriteTransaction& tx, EnrollmentContext* context,
                                     const std::vector<plan::Occurrence>& fired, absl::Time now);

// Replaces what is recorded of the reactions of an enrollment, in which some may be new and some withdrawn. Takes back
// the effects of those that are withdrawn: a group that had ended goes on, and a factor gets its earlier value. Stores
// the enrollment, adjusts its reminders, and updates `context`. What is due by `now` must have fired.
absl::Status ReplaceReactions(store::WriteTransaction& tx, EnrollmentContext* context,
                              google::protobuf::RepeatedPtrField<record::v1::ReactionRecord> records, absl::Time now);

// Forgets what reactions did to factors that somebody has changed since, so that nothing is taken back any more.
// `before` is the enrollment before the change, `row` the changed one. Stores nothing.
void ForgetReplacedEffects(const v1::Enrollment& before, store::EnrollmentRow* row);

// Returns the groups that reactions have ended, by their index in the present pathway.
std::set<int> EndedGroups(const EnrollmentContext& context);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_EFFECTS_H_
