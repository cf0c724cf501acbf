#include "scheduler/plan/rule_days.h"

#include <algorithm>

#include "scheduler/plan/civil.h"

namespace aftercare::plan {

RuleDays::RuleDays(const CompiledRule& rule, absl::CivilDay anchor) : rule_(&rule), monthly_(anchor) {
  if (rule.recurrence == Recurrence::kOn) {
    count_ = static_cast<int>(rule.on.size());
    return;
  }
  begin_ = DayAfter(rule.span.first);
  const int64_t days = DayAfter(rule.span.last) - begin_ + 1;
  if (rule.recurrence == Recurrence::kDaily) count_ = static_cast<int>((days - 1) / rule.interval + 1);
  if (rule.recurrence == Recurrence::kWeekly) CountWeekly(days);
  if (rule.recurrence == Recurrence::kMonthly) CountMonthly(days);
}

void RuleDays::CountWeekly(int64_t days) {
  const int begins_on = WeekdayOf(begin_);
  for (int offset = 0; offset < 7; ++offset) {
    const bool wanted = rule_->weekdays == 0 ? offset == 0 : (rule_->weekdays >> ((begins_on + offset) % 7) & 1) != 0;
    if (wanted) week_[per_week_++] = static_cast<uint8_t>(offset);
  }
  const int64_t step = 7 * rule_->interval;
  const int64_t whole = days / step;
  const int64_t rest = days % step;
  const auto in_rest = [rest](int offset) { return offset < rest; };
  count_ = static_cast<int>(whole * per_week_ + std::count_if(week_.begin(), week_.begin() + per_week_, in_rest));
}

void RuleDays::CountMonthly(int64_t days) {
  first_month_ = monthly_.CountUntil(begin_);
  if (monthly_.After(first_month_) < begin_) ++first_month_;
  const int64_t last = begin_ + days - 1;
  if (monthly_.After(first_month_) > last) return;
  count_ = (monthly_.CountUntil(last) - first_month_) / rule_->interval + 1;
}

int64_t RuleDays::At(int index) const {
  switch (rule_->recurrence) {
    case Recurrence::kOn:
      return DayAfter(rule_->on[index]);
    case Recurrence::kDaily:
      return begin_ + static_cast<int64_t>(index) * rule_->interval;
    case Recurrence::kWeekly:
      if (per_week_ == 1) return begin_ + week_[0] + static_cast<int64_t>(index) * 7 * rule_->interval;
      return begin_ + static_cast<int64_t>(index / per_week_) * 7 * rule_->interval + week_[index % per_week_];
    case Recurrence::kMonthly:
      return monthly_.After(first_month_ + index * rule_->interval);
  }
  return begin_;
}

int RuleDays::Estimate(int64_t day) const {
  int64_t index = 0;
  switch (rule_->recurrence) {
    case Recurrence::kOn: {
      const auto before = [&](const DayOffset& offset) { return DayAfter(offset) < day; };
      index = std::partition_point(rule_->on.begin(), rule_->on.end(), before) - rule_->on.begin();
      break;
    }
    case Recurrence::kDaily:
      index = (day - begin_ + rule_->interval - 1) / rule_->interval;
      break;
    case Recurrence::kWeekly: {
      const int64_t step = 7 * rule_->interval;
      if (day > begin_) index = (day - begin_) / step * per_week_;
      const int64_t rest = day > begin_ ? (day - begin_) % step : 0;
      for (int i = 0; i < per_week_ && week_[i] < rest; ++i) ++index;
      break;
    }
    case Recurrence::kMonthly:
      index = (monthly_.CountUntil(day) - first_month_ + rule_->interval - 1) / rule_->interval;
      break;
  }
  return static_cast<int>(std::clamp<int64_t>(index, 0, count_));
}

}  // namespace aftercare::plan
