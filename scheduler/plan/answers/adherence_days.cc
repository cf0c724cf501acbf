#include "scheduler/plan/answers/adherence_days.h"

#include <algorithm>
#include <bit>

#include "scheduler/plan/civil.h"

namespace aftercare::plan {
namespace {

constexpr int kPeriods[] = {7, 14, 28};

}  // namespace

AdherenceDays MovedTo(const AdherenceDays& days, absl::CivilDay last_day) {
  AdherenceDays moved = days;
  const absl::civil_diff_t passed = last_day - days.last_day;
  moved.last_day = last_day;
  moved.asked = passed < kDaysOfAdherence ? days.asked << passed : 0;
  moved.done = passed < kDaysOfAdherence ? days.done << passed : 0;
  return moved;
}

int DaysIn(uint32_t mask, int period) {
  static_assert(kDaysOfAdherence < 32);
  return std::popcount(mask & ((uint32_t{1} << period) - 1));
}

int SilentDays(const AdherenceDays& days) {
  if (!days.silent_since) return 0;
  const absl::civil_diff_t silent = days.last_day - *days.silent_since + 1;
  return static_cast<int>(std::clamp<absl::civil_diff_t>(silent, 0, kMaxSilentDays));
}

v1::AdherenceSummary SummaryOf(const AdherenceDays& days) {
  v1::AdherenceSummary summary;
  summary.set_end_date(FormatDate(days.last_day));
  for (const int length : kPeriods) {
    v1::AdherencePeriod& period = *summary.add_periods();
    const int asked = DaysIn(days.asked, length);
    const int done = DaysIn(days.done, length);
    period.set_days(length);
    period.set_days_asked(asked);
    period.set_days_done(done);
    if (asked > 0) period.set_rate(static_cast<double>(done) / asked);
  }
  summary.set_silent_days(SilentDays(days));
  return summary;
}

}  // namespace aftercare::plan
