// Finds what the plans of a whole clinic have in a span of time, by the clinic's enrollment index.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_SCAN_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_SCAN_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/filter.h"
#include "scheduler/engine/reminders/enrollment_index.h"
#include "scheduler/plan/cohort.h"

namespace aftercare::engine {

// An occurrence without a row: only the plan tells of it. Its views and pointers are valid during the call that passes
// it to a visitor.
struct PlannedOccurrence {
  absl::string_view enrollment;
  const std::shared_ptr<const plan::CompiledPathway>* pathway = nullptr;
  int rule = 0;  // index in the pathway
  int number = 0;
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
  // Occurrences due in [from, before) are visited, as of `now`.
  struct Span {
    absl::Time from;
    absl::Time before;
    absl::Time now;
  };

  // Occurrences due after `latest_due` need not be visited; the visitor may lower it. `overdue` has the ids of the
  // enrollments of which something is due by now but has not fired yet. All references must outlive the scan.
  EnrollmentIndexScan(const EnrollmentIndex& index, Filter& filter, const Span& span, const absl::Time& latest_due,
                      const absl::flat_hash_set<std::string>& overdue)
      : index_(index),
        filter_(filter),
        span_(span),
        latest_due_(latest_due),
        overdue_(overdue),
        cohort_plans_(index.cohorts().size()) {}

  // Passes the occurrences that match the filter to `visit`, in no order. Among them are some that have a row, because
  // somebody dealt with them ahead of time: the caller leaves them out. Passes the enrollments whose plan can only be
  // told from rows to `visit_by_rows`, whose error ends the scan.
  absl::Status Visit(PlannedVisitor visit,
                     absl::FunctionRef<absl::Status(absl::string_view enrollment)> visit_by_rows);

 private:
  using Entry = EnrollmentIndex::Entry;
  using Items = std::vector<plan::Cohort::Item>;

  // What is known so far of a cohort's plan in the span. Filled in when it is first needed.
  struct CohortPlan {
    std::optional<Items> missed;
    std::optional<Items> scheduled;  // of rules without a spread
    std::optional<Items> unsettled;  // due from `settled` on, with the ends of their windows
    plan::RuleSet spread;            // the rules with a spread that have something near the span
    // Suspensions that ended before this do not change `scheduled`. Set together with it.
    absl::Time settled;
  };

  // Returns the end of what is still wanted.
  absl::Time End() const;
  // Returns the start of what has not fired, for running enrollments that are not overdue.
  absl::Time FirstUnfired() const;
  // Returns the start of what cohorts are planned for. Ended enrollments count from their end on.
  absl::Time ScheduledFrom() const;
  bool NeedsRows(const Entry& entry) const;
  // Visits what missed its window because the patient was enrolled later. It is due when the pathway says.
  void VisitMissed(const Entry& entry, PlannedVisitor visit);
  // Visits what is to come, or would have come after the enrollment's end.
  void VisitScheduled(const Entry& entry, PlannedVisitor visit);
  // Visits what the patient's own plan has of these rules.
  void VisitOwnPlan(const Entry& entry, const plan::RuleSet& rules, absl::Time from, PlannedVisitor visit);
  void PlanScheduled(const plan::Cohort& cohort, CohortPlan* plan);
  // Returns the rules whose occurrences the patient's suspensions move into the span or out of it.
  plan::RuleSet UnsettledRules(const Entry& entry, const plan::Cohort& cohort, CohortPlan* plan);
  void VisitIfChannelMatches(const Entry& entry, const plan::Cohort& cohort, int rule, int number, absl::Time due,
                             v1::ReminderState state, PlannedVisitor visit);

  const EnrollmentIndex& index_;
  Filter& filter_;
  const Span span_;
  const absl::Time& latest_due_;
  const absl::flat_hash_set<std::string>& overdue_;
  std::vector<CohortPlan> cohort_plans_;  // by index of the cohort
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_SCAN_H_
