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

// An occurrence that has no row: a plan alone tells of it. Views live as long as the call that hands it over.
struct PlannedItem {
  absl::string_view enrollment;
  const std::shared_ptr<const plan::CompiledPathway>* pathway = nullptr;
  int rule = 0;
  int number = 0;
  absl::Time due;
  v1::ReminderState state = v1::REMINDER_STATE_UNSPECIFIED;
};

// What the plans of a clinic have in a span of time, by its index. Each cohort's plan is walked once, and what it has
// is handed out for each of its patients; only where a patient's own past or share of a spread reaches into the span,
// their own plan is walked, and that for the rules alone that are concerned.
//
// One use; not thread safe.
class EnrollmentIndexScan {
 public:
  struct Span {
    absl::Time from;
    absl::Time before;
    absl::Time now;
  };
  using Visitor = absl::FunctionRef<void(const PlannedItem&)>;

  // What is due after `wanted_until`, which may be moved back by the visitor, need not be visited. The enrollments in
  // `behind` have something due by now that has not fired. All must outlive this.
  EnrollmentIndexScan(const EnrollmentIndex& index, Filter& filter, const Span& span, const absl::Time& wanted_until,
                      const absl::flat_hash_set<std::string>& behind)
      : index_(index),
        filter_(filter),
        span_(span),
        wanted_until_(wanted_until),
        behind_(behind),
        cohorts_(index.cohorts().size()) {}

  // Visits what matches the filter, in no order; what was dealt with ahead of time included, since only rows tell of
  // it. Enrollments of which only their rows tell are handed to `apart`.
  absl::Status Visit(Visitor visit, absl::FunctionRef<absl::Status(absl::string_view enrollment)> apart);

 private:
  using Entry = EnrollmentIndex::Entry;
  using Items = std::vector<plan::Cohort::Item>;

  // What is known so far of a cohort.
  struct Known {
    std::optional<Items> missed;
    std::optional<Items> scheduled;
    std::optional<Items> unsettled;
    plan::RuleSet spread;  // rules that are spread, and have something near the span
    absl::Time settled;    // with `scheduled`
  };

  absl::Time End() const;
  absl::Time FirstUnfired() const;
  absl::Time ScheduledFrom() const;
  bool IsApart(const Entry& entry) const;
  void VisitMissed(const Entry& entry, Visitor visit);
  void VisitScheduled(const Entry& entry, Visitor visit);
  void VisitOwn(const Entry& entry, const plan::RuleSet& rules, absl::Time from, Visitor visit);
  void PlanScheduled(const plan::Cohort& cohort, Known* known);
  plan::RuleSet Unsettled(const Entry& entry, const plan::Cohort& cohort, Known* known);
  void Hand(const Entry& entry, const plan::Cohort& cohort, int rule, int number, absl::Time due,
            v1::ReminderState state, Visitor visit);

  const EnrollmentIndex& index_;
  Filter& filter_;
  const Span span_;
  const absl::Time& wanted_until_;
  const absl::flat_hash_set<std::string>& behind_;
  std::vector<Known> cohorts_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_SCAN_H_
