// The names of reminders. The last segment of a name is the rule and what tells its reminders apart:
//
//   ice.2026-03-04         the nominal date of the occurrence, on the patient's calendar
//   ice.2026-03-04-0800    also the nominal time, if the rule has several times a day
//   eve.2026-09-09~2       a count from 2, if reminders of that rule and time were stored before for something else:
//                          the patient was told another procedure date or appointment
//   ice.3                  a number, in rows of databases that numbered the reminders of a rule
//
// What follows the rule is kept as one integer, the code. Codes of one rule sort as their dates and times do. Codes
// that are numbers sort first.
//
// Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_REMINDER_NAME_H_
#define AFTERCARE_SCHEDULER_PLAN_REMINDER_NAME_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace aftercare::plan {

// The largest count in a name.
inline constexpr int kMaxNameCount = 4095;

// What a code says about an occurrence.
struct NamedTime {
  absl::CivilDay day;

  // Minutes since midnight; nothing if the name has no time.
  std::optional<int> minute;

  // From 1 to kMaxNameCount. A count of 1 is not written.
  int count = 1;
};

// Returns the code of a named time, whose day must be from the year 1 to 9999.
int64_t EncodeName(const NamedTime& time);

// Reads a code. Returns nothing if the code is a number.
std::optional<NamedTime> DecodeName(int64_t code);

// Returns a code with another count. `code` must not be a number.
int64_t WithCount(int64_t code, int count);

// Returns the code with the count 1, or the number if the code is a number.
int64_t WithoutCount(int64_t code);

// Writes what follows the rule in a name: `2026-03-04-0800~2`, or a number.
std::string FormatNameCode(int64_t code);

// Reads what FormatNameCode writes. Returns nothing for any other spelling.
std::optional<int64_t> ParseNameCode(absl::string_view text);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_REMINDER_NAME_H_
