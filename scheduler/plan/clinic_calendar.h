// The calendar of a clinic: its time zone, contact hours, closed days and caps on messages. Immutable values, so thread
// safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_CLINIC_CALENDAR_H_
#define AFTERCARE_SCHEDULER_PLAN_CLINIC_CALENDAR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "scheduler/plan/contact_hours.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/message_caps.h"

namespace aftercare::plan {

// The days on which a clinic is closed, in its own time zone.
class ClosedDays {
 public:
  enum class Why { kOpen, kWeekday, kHoliday };

  // A clinic that is never closed.
  ClosedDays() = default;

  // Reads closed_weekdays and holidays of `clinic`. Adds an error for every faulty field, with its path from the
  // clinic; the result is meaningless then.
  static ClosedDays Read(const v1::Clinic& clinic, FieldErrors* errors);

  // True if the clinic is never closed.
  bool none() const { return weekdays_ == 0 && holidays_.empty(); }

  // Whether the clinic is closed on a day, given by its day number, and why.
  Why On(int64_t day) const;

  // The name of the holiday on a day. Empty if it has no name, or if the day is no holiday.
  absl::string_view HolidayName(int64_t day) const;

 private:
  uint8_t weekdays_ = 0;            // A set of weekdays; see weekdays.h.
  std::vector<int64_t> holidays_;   // Day numbers, ascending.
  std::vector<std::string> names_;  // The name of each holiday, by index.
};

// The settings of a clinic that decide when its reminders are due. Shared by all enrollments of the clinic.
struct ClinicCalendar {
  absl::TimeZone zone;
  ContactHours hours;  // For patients without contact hours of their own.
  ClosedDays closed;
  MessageCaps caps;
};

// Reads contact_hours, closed_weekdays, holidays and message_cap of `clinic`. Adds an error for every faulty field,
// with its path from the clinic. An unknown time zone is read as UTC without an error; the caller must have checked it.
ClinicCalendar ReadCalendar(const v1::Clinic& clinic, FieldErrors* errors);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_CLINIC_CALENDAR_H_
