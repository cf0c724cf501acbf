// Sets of days of the week as bits: bit 0 is Monday. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_WEEKDAYS_H_
#define AFTERCARE_SCHEDULER_PLAN_WEEKDAYS_H_

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "aftercare/v1/calendar.pb.h"
#include "google/protobuf/repeated_field.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::plan {

inline constexpr uint8_t kEveryDay = 0x7F;

inline constexpr const char* kShortWeekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
inline constexpr const char* kLongWeekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                "Friday", "Saturday", "Sunday"};

// Reads a list of weekdays as a set. Adds an error for every unknown day and for every day that is repeated.
inline uint8_t ReadWeekdays(const google::protobuf::RepeatedField<int>& weekdays, const std::string& path,
                            FieldErrors* errors) {
  uint8_t bits = 0;
  // A list of more than seven repeats a day: eight entries are enough to report that.
  for (int i = 0; i < std::min(weekdays.size(), 8); ++i) {
    const std::string field = absl::StrCat(path, "[", i, "]");
    if (weekdays[i] < v1::WEEKDAY_MONDAY || weekdays[i] > v1::WEEKDAY_SUNDAY) {
      errors->push_back({field, "must be a day of the week"});
      continue;
    }
    const uint8_t bit = static_cast<uint8_t>(1 << (weekdays[i] - v1::WEEKDAY_MONDAY));
    if ((bits & bit) != 0) errors->push_back({field, "must not be named twice"});
    bits |= bit;
  }
  return bits;
}

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_WEEKDAYS_H_
