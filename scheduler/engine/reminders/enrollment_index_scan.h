// Finds the planned reminders of a whole clinic in a span of time, by means of the clinic's enrollment index.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_SCAN_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_SCAN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "scheduler/engine/events/filter.h"
#include "scheduler/engine/reminders/enrollment_index.h"
#include "scheduler/plan/cohort.h"

namespace aftercare::engine {

// An occurrence that has no row, so that only the plan tells of it. Its pointer is valid only during the call that
// passes it to a visitor.
struct PlannedOccurrence {
  int64_t enrollment_row_id = 0;  // store::EnrollmentRow::row_id
  const std::shared_ptr<const plan::CompiledPathway>* pathway = nullptr;
  int rule = 0;  // index in the pathway
  int64_t code = 0;  // of the occurrence's name, without a count
  absl::Time due;
  v1::ReminderState state = v1::REMINDER_STATE_UNSPECIFIED;
};
using PlannedVisitor = absl::FunctionRef<void(const PlannedOccurrence&)>;

// One scan of an index. Walks the plan of each cohort once and passes its occurrences on for each of its patients. A
// patient's own plan is walked only where the patient's suspensions or share of a spread may reach into the span, and
// then only for the rules concerned.
//
// Not thread safe; for one call of Visit.
class EnrollmentIndexScan {
 public:
  // The scan visits occurrences that are due in [from, before), with the state that they have at `now`.
  struct Span {
    absl::Time from;
    absl::Time before;
    absl::Time now;
  };

  // The scan may leave out occurrences that are due after `latest_due`, which the visitor may lower during the scan.
  // `overdue` has the row_ids of enrollments that have an occurrence which is due by now but has not fired yet. All
  // references must outlive the scan.
  EnrollmentIndexScan(const EnrollmentIndex& index, Filter& filter, const Span& span, const absl::Time& latest_due,
                      const absl::flat_hash_set<int64_t>& overdue)
      : index_(index),
        filter_(filter),
        span_(span),
        latest_due_(latest_due),
        overdue_(overdue),
        cohort_plans_(index.cohorts().size()) {}

  // Passes the occurrences that match the filter to `visit`, in no order. A few of them may have a row, because
  // somebody dealt with them ahead of time. The caller must leave those out. Passes each enrollment whose reminders can
  // only be found by reading rows to `visit_by_rows` instead. Stops and returns the error if `visit_by_rows` fails.
  absl::Status Visit(PlannedVisitor visit,
                     absl::FunctionRef<absl::Status(int64_t enrollment_row_id)> visit_by_rows);

 private:
  using Entry = EnrollmentIndex::Entry;
  using Items = std::vector<plan::Cohort::Item>;

  // A cohort's plan in the span. Each member is filled in when it is first needed.
  struct CohortPlan {
    std::optional<Items> missed;     // as Cohort::Missed returns them
    std::optional<Items> scheduled;  // of rules without a spread
    std::optional<Items> unsettled;  // those due at `settled` or later, with `close` set
    std::optional<Items> whole;      // all in the span, and up to kMostSpread around it where rules have a spread
    plan::RuleSet spread;            // the rules with a spread that have something near the span
    // Suspensions that ended before this do not change `scheduled`. Set together with it.
    absl::Time settled;
  };

  // Returns the instant from which on nothing is wanted: the end of the span, or earlier because of latest_due_.
  absl::Time End() const;
  // Returns the first instant of the span whose occurrences have not fired, for running enrollments not in overdue_.
  absl::Time FirstUnfired() const;
  // Returns the first instant for which cohorts are planned. It is earlier if CANCELLED is asked for: the cancelled
  // occurrences of an ended enrollment lie after its end, which may be before now.
  absl::Time ScheduledFrom() const;
  bool NeedsRows(const Entry& entry) const;
  // Returns false if the plan of a stale enrollment that does not need rows for other reasons has nothing that may
  // match. Its next_due does not tell what has fired, so if there is anything, its rows must be read.
  bool StaleMayMatch(const Entry& entry);
  // Visits occurrences whose windows had closed before the patient was enrolled. Their due times are those of the
  // pathway.
  void VisitMissed(const Entry& entry, PlannedVisitor visit);
  // Visits occurrences that are still to come or, if the enrollment has ended, would have come after its end.
  void VisitScheduled(const Entry& entry, PlannedVisitor visit);
  // Visits the occurrences of these rules in the patient's own plan, from `from` on.
  void VisitOwnPlan(const Entry& entry, const plan::RuleSet& rules, absl::Time from, PlannedVisitor visit);
  void PlanScheduled(const plan::Cohort& cohort, CohortPlan* plan);
  // Returns the rules whose occurrences the patient's suspensions move into the span or out of it.
  plan::RuleSet UnsettledRules(const Entry& entry, const plan::Cohort& cohort, CohortPlan* plan);
  void VisitIfChannelMatches(const Entry& entry, const plan::Cohort& cohort, int rule, int64_t code, absl::Time due,
                             v1::ReminderState state, PlannedVisitor visit);

  const EnrollmentIndex& index_;
  Filter& filter_;
  const Span span_;
  const absl::Time& latest_due_;
  const absl::flat_hash_set<int64_t>& overdue_;
  std::vector<CohortPlan> cohort_plans_;  // by index of the cohort
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_SCAN_H_
