#include "scheduler/plan/anchor_dates.h"

namespace aftercare::plan {
namespace {

// The calendar repeats after 28 years: each date then falls on the same weekday, and leap years come again.
constexpr int kFirstYear = 2001;
constexpr int kYears = 28;
constexpr int kLeapCycle = 4;

}  // namespace

// Days 22 to 28 of a month stand for all up to the 28th, since no month ends before, and they fall on every weekday; so
// four years of them are enough.
std::vector<absl::CivilDay> AllKindsOfAnchor() {
  std::vector<absl::CivilDay> anchors;
  for (absl::CivilDay day(kFirstYear, 1, 1); day.year() < kFirstYear + kYears; ++day) {
    const bool any = day.day() >= 22 && day.year() < kFirstYear + kLeapCycle;
    if (any || day.day() > 28) anchors.push_back(day);
  }
  return anchors;
}

}  // namespace aftercare::plan
