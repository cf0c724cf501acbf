#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_CALENDAR_OPTIONS_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_CALENDAR_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/calendar.pb.h"

// Parses contact hours, closed days and holidays as users type them. Only the form is checked here: the plan checks the
// hours and dates themselves, so that it can report all faults at once. Failures are usage errors. All functions are
// pure and thread safe.
namespace aftercare::client {

// Describes what ParseContactHours takes, for help texts.
inline constexpr char kContactHoursHelp[] =
    "When messages may come due: 10:00-16:00, or by days \"mon-fri 10:00-16:00, sat 10:00-12:00\"; any for always";

// Parses `10:00-16:00`, `mon-fri 10:00-16:00, sat 10:00-12:00`, or `any`.
absl::StatusOr<v1::ContactHours> ParseContactHours(absl::string_view text);

// Parses `sat,sun`, `mon-wed`, or `none` for no day. The failure names `option`.
absl::StatusOr<std::vector<v1::Weekday>> ParseWeekdays(absl::string_view option, absl::string_view text);

// Parses items such as `2026-12-25` or `2026-12-25=Christmas`, and sorts them by date. The item `none` is skipped.
std::vector<v1::Holiday> ParseHolidays(const std::vector<std::string>& holidays);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_CALENDAR_OPTIONS_H_
