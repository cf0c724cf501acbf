#include "scheduler/plan/clinic_calendar.h"

#include <algorithm>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/input/text_validation.h"
#include "scheduler/plan/weekdays.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxHolidays = 500;
constexpr size_t kMaxName = 100;

}  // namespace

ClosedDays ClosedDays::Read(const v1::Clinic& clinic, FieldErrors* errors) {
  ClosedDays closed;
  closed.weekdays_ = ReadWeekdays(clinic.closed_weekdays(), "closed_weekdays", errors);
  if (closed.weekdays_ == kEveryDay) {
    errors->push_back({"closed_weekdays", "must leave one day of the week on which the clinic is open"});
  }
  if (clinic.holidays_size() > kMaxHolidays) {
    errors->push_back({"holidays", absl::StrCat("must have at most ", kMaxHolidays)});
  }
  for (int i = 0; i < std::min(clinic.holidays_size(), kMaxHolidays); ++i) {
    const v1::Holiday& holiday = clinic.holidays(i);
    const std::string field = absl::StrCat("holidays[", i, "]");
    const std::string& name = holiday.display_name();
    if (!IsCleanText(name, /*allow_newline=*/false)) {
      errors->push_back({field + ".display_name", "must be valid UTF-8 without control characters"});
    } else if (CountCharacters(name) > kMaxName) {
      errors->push_back({field + ".display_name", absl::StrCat("must be at most ", kMaxName, " characters")});
    }
    const std::optional<absl::CivilDay> date = ParseDate(holiday.date());
    if (!date.has_value()) {
      errors->push_back({field + ".date",
                         absl::StrCat("must be a date, YYYY-MM-DD, from 1970-01-01 to 2199-12-31; there is no '",
                                      absl::Utf8SafeCEscape(holiday.date().substr(0, 20)), "'")});
      continue;
    }
    const int64_t day = DayNumber(*date);
    if (!closed.holidays_.empty() && day <= closed.holidays_.back()) {
      errors->push_back({field + ".date", "must be later than the date before it"});
      continue;
    }
    closed.holidays_.push_back(day);
    closed.names_.push_back(name);
  }
  return closed;
}

ClosedDays::Why ClosedDays::On(int64_t day) const {
  if (std::binary_search(holidays_.begin(), holidays_.end(), day)) return Why::kHoliday;
  return (weekdays_ >> WeekdayOf(day) & 1) != 0 ? Why::kWeekday : Why::kOpen;
}

absl::string_view ClosedDays::HolidayName(int64_t day) const {
  const auto found = std::lower_bound(holidays_.begin(), holidays_.end(), day);
  return found != holidays_.end() && *found == day ? absl::string_view(names_[found - holidays_.begin()])
                                                   : absl::string_view();
}

ClinicCalendar ReadCalendar(const v1::Clinic& clinic, FieldErrors* errors) {
  return {FindZone(clinic.time_zone()).value_or(absl::UTCTimeZone()),
          ContactHours::Read(clinic.contact_hours(), "contact_hours", errors), ClosedDays::Read(clinic, errors),
          CheckMessageCap(clinic.message_cap(), "message_cap", errors)};
}

}  // namespace aftercare::plan
