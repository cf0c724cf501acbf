// The days on which a rule has occurrences.
#ifndef AFTERCARE_SCHEDULER_PLAN_RULE_DAYS_H_
#define AFTERCARE_SCHEDULER_PLAN_RULE_DAYS_H_

#include <array>
#include <cstdint>

#include "absl/time/civil_time.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// The days of one rule for one anchor date, ascending. Any of them is computed from its index; none is stored. A small
// value, immutable. The rule must outlive it.
class RuleDays {
 public:
  RuleDays(const CompiledRule& rule, absl::CivilDay anchor);

  // The number of days.
  int count() const { return count_; }

  // The day with an index, 0 <= index < count(), as a day number (days since 1970-01-01).
  int64_t At(int index) const;

  // An estimate, in [0, count()], of the index of the first day that is not before `day`. Off by at most two.
  int Estimate(int64_t day) const;

  // The first and the last day, as day numbers. count() must not be 0.
  int64_t first() const { return At(0); }
  int64_t last() const { return At(count_ - 1); }

 private:
  // The day number of an offset from the anchor.
  int64_t DayAfter(const DayOffset& offset) const { return monthly_.After(offset.months) + offset.days; }
  // Set the members for a span of that many days, for weekly and monthly rules.
  void CountWeekly(int64_t days);
  void CountMonthly(int64_t days);

  const CompiledRule* rule_;
  MonthlyDates monthly_;
  int64_t begin_ = 0;              // The first day of the span, as a day number.
  int count_ = 0;
  int first_month_ = 0;            // For monthly rules: months from the anchor to the first day.
  int per_week_ = 0;               // For weekly rules: the number of days in a week.
  std::array<uint8_t, 7> week_{};  // For weekly rules: those days, counted from the first day of the span.
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_RULE_DAYS_H_
