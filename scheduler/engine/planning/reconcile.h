// Compares the stored reminders of an enrollment with its plan: which reminder covers which occurrence, which reminders
// the plan does not have any more, and what is to become of the occurrences that nothing covers. Computes only; see
// replanning.h for what stores the result. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_PLANNING_RECONCILE_H_
#define AFTERCARE_SCHEDULER_ENGINE_PLANNING_RECONCILE_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/plan.h"
#include "scheduler/plan/tellings.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// What becomes of an occurrence.
enum class Fate {
  kCovered,     // A row stands for it, or is its own. `row` says which.
  kMissed,      // It never comes due. Only the plan tells of it.
  kToCome,      // It comes due by the plan. It has no row.
  kSuperseded,  // It is not sent, since a newer one of its series came due or was sent.
  kNeedless,    // It is not sent because of an answer. `needless` says why.
};

struct PlannedItem {
  plan::Occurrence occurrence;
  OccurrenceKey key;
  Fate fate = Fate::kToCome;
  int row = -1;  // index of the row that covers it, for kCovered
  v1::ReminderReason needless = v1::REMINDER_REASON_UNSPECIFIED;  // ANSWERED, SILENCED or GROUP_ENDED, for kNeedless
};

// Why an enrollment is compared with its plan.
enum class Occasion {
  kFactsChanged,  // Its facts have changed.
  kReported,      // A report has changed what the patient was told.
  kComesDue,      // Something of it comes due. Only time has passed since it was compared last.
  kOther,         // It was adjusted by hand, paused or resumed, or the clinic's calendar has changed.
};

struct Reconciliation {
  std::shared_ptr<const plan::PlanTellings> tellings;  // the whole plan; refers to the context's pathway
  std::vector<PlannedItem> items{};       // the same, ordered by (due, rule, number)
  std::vector<size_t> changed{};          // indexes of the rows that change in a way that users see
  std::vector<size_t> relabelled{};       // indexes of the rows that change only in a way that users do not see
  std::vector<size_t> no_longer_by_hand{};  // indexes of the rows that somebody moved and that follow the plan again
};

// Compares `rows`, which are all rows of the enrollment, with the enrollment's plan. Changes them as they will be
// stored. If `occasion` is kComesDue, or the enrollment has ended, the rows keep what they cover and do not change.
// Otherwise:
//
// - Each row covers the occurrence that plan::Match says.
// - A row that is not sent yet stays if the plan still has its own occurrence. Otherwise it ends CANCELLED.
// - A row that an earlier change cancelled and that was never leased is SCHEDULED again if the plan has its occurrence.
// - A row that somebody moved keeps its local time while the plan has its day. Otherwise it follows the plan.
// - Of a repeating series, of which the change puts several into the past with open windows, only the latest is sent. A
//   report puts only that into the past which it leaves uncovered: what waits during a pause goes on waiting.
// - A row that was leased ends CANCELLED if a lease would have another text now. Its occurrence gets another name. Only
//   if `clinic` is given; null for an occasion that changes no text.
Reconciliation Reconcile(const EnrollmentContext& context, const v1::Clinic* clinic, absl::Time now, Occasion occasion,
                         std::vector<store::ReminderRow>* rows);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_PLANNING_RECONCILE_H_
