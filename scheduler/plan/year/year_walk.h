// Walks all plans that a pathway can make for a year of procedures, and finds what is heavy, silent or broken in them.
#ifndef AFTERCARE_SCHEDULER_PLAN_YEAR_YEAR_WALK_H_
#define AFTERCARE_SCHEDULER_PLAN_YEAR_YEAR_WALK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "scheduler/plan/contact_hours.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/year/year_report.h"

namespace aftercare::plan {

// What to walk.
struct YearOptions {
  absl::CivilDay first_date;  // The first procedure date.
  int dates = 365;            // How many procedure dates, one a day. At least 1.

  // IANA names of the patients' zones, at least one. Those that this machine does not know are left out.
  std::vector<std::string> zones = {"America/New_York", "Europe/Madrid", "America/Santiago", "Asia/Kolkata"};

  ContactHours hours;

  // The longest run of days that may pass without a message while a phase lasts.
  int most_silent_days = 42;

  // About how many messages may be looked at. Where there are more, fewer combinations of factors are walked, and then
  // fewer dates, always the same.
  int64_t most_steps = 20'000'000'000;
};

// Walks every combination of the pathway's factors over the dates and zones, and every way in which visits go
// (VisitStory). Messages are placed as in a plan in which nothing is late, with contact hours and without a clinic's
// closed days; a rule's spread is that of one patient. What is set off by answers counts only as far as further
// questions of a questionnaire, which are taken as answered at once.
//
// Pure and thread safe. Takes seconds for a pathway of a hundred rules.
YearReport WalkYear(const CompiledPathway& pathway, const YearOptions& options);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_YEAR_YEAR_WALK_H_
