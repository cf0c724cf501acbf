#ifndef AFTERCARE_SCHEDULER_PLAN_RULE_DAYS_H_
#define AFTERCARE_SCHEDULER_PLAN_RULE_DAYS_H_

#include <array>
#include <cstdint>

#include "absl/time/civil_time.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::plan {

// The days on which one rule falls for one anchor date, as a sequence in which any member is found by arithmetic.
// A small value. Refers to the rule, which must outlive it.
class RuleDays {
 public:
  RuleDays(const CompiledRule& rule, absl::CivilDay anchor);

  // How many days there are.
  int count() const { return count_; }

  // Day number (days since 1970-01-01) of the member with that index, 0 <= index < count(). Ascending.
  int64_t At(int index) const;

  // Index of a member near the first that is not before `day`, off by at most one or two, within [0, count()].
  int Estimate(int64_t day) const;

  // Day numbers of the first and last member; count() must not be 0.
  int64_t first() const { return At(0); }
  int64_t last() const { return At(count_ - 1); }

 private:
  int64_t DayAfter(const DayOffset& offset) const { return monthly_.After(offset.months) + offset.days; }
  void CountWeekly(int64_t days);
  void CountMonthly(int64_t days);

  const CompiledRule* rule_;
  MonthlyDates monthly_;
  int64_t begin_ = 0;     // First day of the span.
  int count_ = 0;
  int first_month_ = 0;   // For monthly rules.
  int per_week_ = 0;      // For weekly rules: how many days of a week, and which, from the span's first day.
  std::array<uint8_t, 7> week_{};
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_RULE_DAYS_H_
