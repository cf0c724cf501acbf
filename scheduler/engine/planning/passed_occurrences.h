// Which occurrences are not sent any more, although their windows are still open, when a change of facts has put their
// time into the past.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_PASSED_OCCURRENCES_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_PASSED_OCCURRENCES_H_

#include <cstddef>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/match.h"
#include "scheduler/plan/tellings.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Refers to everything that it is given. Thread compatible.
class PassedOccurrences {
 public:
  // `stored` are the reminders of `rows` as matching reads them.
  PassedOccurrences(const EnrollmentContext& context, const plan::PlanTellings& tellings, absl::Time now,
                    const std::vector<store::ReminderRow>& rows, const std::vector<plan::StoredReminder>& stored)
      : context_(context), tellings_(tellings), now_(now), rows_(rows), stored_(stored) {}

  // Returns whether the time of an occurrence has passed, its window is open, and yet it is not to be sent. `index`
  // counts the occurrences of the plan. `had_row` says that an unsent row of it was cancelled by a change. `cover_of`
  // returns the index of the occurrence that a row covers; -1 if it covers none.
  bool IsOld(size_t index, bool had_row, absl::FunctionRef<int(size_t)> cover_of) const;

 private:
  bool NewerStands(const plan::Telling& telling, absl::FunctionRef<int(size_t)> cover_of) const;
  bool IsLatest(const plan::Telling& telling) const;
  bool HeardSince(const plan::Telling& telling) const;

  const EnrollmentContext& context_;
  const plan::PlanTellings& tellings_;
  const absl::Time now_;
  const std::vector<store::ReminderRow>& rows_;
  const std::vector<plan::StoredReminder>& stored_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_PASSED_OCCURRENCES_H_
