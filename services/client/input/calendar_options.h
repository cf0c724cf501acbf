#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_CALENDAR_OPTIONS_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_CALENDAR_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/calendar.pb.h"

// Contact hours, closed days and holidays as a user types and reads them. Whether hours and dates make sense is for the
// plan to say, so that all faults are told at once; failures here are usage errors. Functions are pure and thread safe.
namespace aftercare::client {

// What ParseContactHours reads, for help texts.
inline constexpr char kContactHoursHelp[] =
    "When messages may come due: 10:00-16:00, or by days \"mon-fri 10:00-16:00, sat 10:00-12:00\"; any for always";

// `10:00-16:00`, `mon-fri 10:00-16:00, sat 10:00-12:00`, or `any`.
absl::StatusOr<v1::ContactHours> ParseContactHours(absl::string_view text);

// `sat,sun`, `mon-wed`; `none` for no day.
absl::StatusOr<std::vector<v1::Weekday>> ParseWeekdays(absl::string_view option, absl::string_view text);

// `2026-12-25` or `2026-12-25=Christmas`, several; `none` for none.
std::vector<v1::Holiday> ParseHolidays(const std::vector<std::string>& holidays);

// `Mon-Fri 10:00-16:00`, `always`.
std::string ContactHoursText(const v1::ContactHours& hours);

// `Sat, Sun`; empty for none.
std::string WeekdaysText(const google::protobuf::RepeatedField<int>& weekdays);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_CALENDAR_OPTIONS_H_
