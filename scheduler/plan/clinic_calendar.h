#ifndef AFTERCARE_SCHEDULER_PLAN_CLINIC_CALENDAR_H_
#define AFTERCARE_SCHEDULER_PLAN_CLINIC_CALENDAR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "scheduler/plan/contact_hours.h"
#include "scheduler/plan/field_errors.h"

namespace aftercare::plan {

// On which days a clinic is closed, by its own calendar. Immutable, so thread safe.
class ClosedDays {
 public:
  enum class Why { kOpen, kWeekday, kHoliday };

  // Never closed.
  ClosedDays() = default;

  // Checks and reads what the API says of closed_weekdays and holidays; every fault is added to `errors`.
  static ClosedDays Read(const v1::Clinic& clinic, FieldErrors* errors);

  bool none() const { return weekdays_ == 0 && holidays_.empty(); }

  // Whether and why the clinic is closed on the day with that number.
  Why On(int64_t day) const;

  // What staff call the holiday on that day; empty where it has no name.
  absl::string_view HolidayName(int64_t day) const;

 private:
  uint8_t weekdays_ = 0;
  std::vector<int64_t> holidays_;   // Day numbers, ascending.
  std::vector<std::string> names_;  // Of the holidays.
};

// What of a clinic decides when its patients' reminders are due. Immutable, so thread safe; shared by its enrollments.
struct ClinicCalendar {
  absl::TimeZone zone;
  ContactHours hours;  // Of patients who have none of their own.
  ClosedDays closed;
};

// Checks and reads contact_hours, closed_weekdays and holidays; every fault is added to `errors`, with its path from
// the clinic. A time zone that is none is left to others to refuse.
ClinicCalendar ReadCalendar(const v1::Clinic& clinic, FieldErrors* errors);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_CLINIC_CALENDAR_H_
