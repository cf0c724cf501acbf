// The days on which a patient was asked whether something was done, and did it, in a few bytes. They stay true when
// days pass: a later day only moves them on. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_ANSWERS_ADHERENCE_DAYS_H_
#define AFTERCARE_SCHEDULER_PLAN_ANSWERS_ADHERENCE_DAYS_H_

#include <cstdint>
#include <optional>

#include "absl/time/civil_time.h"
#include "aftercare/v1/adherence.pb.h"

namespace aftercare::plan {

// The longest period that lists of enrollments tell of, in days.
inline constexpr int kDaysOfAdherence = 28;

// AdherenceSummary.silent_days is at most this.
inline constexpr int kMaxSilentDays = 60;

// Days are those of the patient's calendar. In masks, bit i stands for the day that is i days before `last_day`, for i
// below kDaysOfAdherence.
struct AdherenceDays {
  absl::CivilDay last_day;  // Counted to the end of this day.
  uint32_t asked = 0;       // Days with a question whether something was done.
  uint32_t done = 0;        // Of these days, those on which each such question was answered with yes.

  // The day of the first question that came after the patient's last answered question. Nothing if none came.
  std::optional<absl::CivilDay> silent_since;

  // The first day after `last_day` at whose end something counts that does not count yet: it must then be counted
  // again. Nothing if no message that is known now can make a difference. Functions below ignore it.
  std::optional<absl::CivilDay> next_change;
};

// Returns the same as of the end of `last_day`, which must not be before days.last_day, if nothing was sent or answered
// in between.
AdherenceDays MovedTo(const AdherenceDays& days, absl::CivilDay last_day);

// Returns how many days of the last `period` days are in a mask. `period` is from 0 to kDaysOfAdherence.
int DaysIn(uint32_t mask, int period);

// Returns AdherenceSummary.silent_days.
int SilentDays(const AdherenceDays& days);

// Returns the summary that lists of enrollments show.
v1::AdherenceSummary SummaryOf(const AdherenceDays& days);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_ANSWERS_ADHERENCE_DAYS_H_
