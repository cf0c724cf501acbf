#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_VALUES_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_VALUES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/map.h"
#include "google/protobuf/timestamp.pb.h"

// Values of options and of output: parses and formats times, durations, factors and enumerations. Failures are usage
// errors. All functions are thread safe.
namespace aftercare::client {

// Parses whole numbers with units, in any order: `3d`, `12h`, `1d12h`, `90m`, `30s`, `2w`. `m` means minutes. A day has
// 24 hours.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text);

// As above. The failure names `option`.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view option, absl::string_view text);

// What ParseInstant needs to know about the place a time is meant for.
struct TimeFrame {
  absl::TimeZone zone;  // The zone in which local times are read.
  absl::Time now;       // The time that `now` stands for, and from which `+3d` and `-12h` count.
};

// Parses RFC 3339 (`2026-03-02T14:00:00Z`), a local time (`2026-03-02T09:00`, `2026-03-02`), or a relative one (`now`,
// `+3d`, `-12h`). A local time that clocks skip or repeat is read with the UTC offset in force before the transition.
absl::StatusOr<absl::Time> ParseInstant(absl::string_view text, const TimeFrame& frame);

// As ParseInstant, but without relative times.
absl::StatusOr<absl::Time> ParseAbsoluteInstant(absl::string_view text, absl::TimeZone zone);

// Parses pairs such as `severity=severe`. Fails if one factor is given two different values.
absl::StatusOr<google::protobuf::Map<std::string, std::string>> ParseFactors(const std::vector<std::string>& pairs);

// Returns the number of an enumeration value. `text` is its short name in any case, with `-` or `_` (`care-team` for
// AUDIENCE_CARE_TEAM), or its full name. The failure names `option`.
absl::StatusOr<int> ParseEnum(const google::protobuf::EnumDescriptor& type, absl::string_view option,
                              absl::string_view text);

// Returns the short name of an enumeration value: `care-team`. Returns an empty string for the zero value, and the
// number for a value that is not known.
std::string EnumLabel(const google::protobuf::EnumDescriptor& type, int value);

// Returns the short names of all values but the zero value, for help texts: `sms, email, webhook`.
std::string EnumChoices(const google::protobuf::EnumDescriptor& type);

// Returns the time zone with that IANA name, or UTC if this machine does not know it.
absl::TimeZone ZoneOrUtc(absl::string_view name);

// Returns `2026-03-02 09:00`, or an empty string if the timestamp is not set (zero).
std::string FormatInstant(const google::protobuf::Timestamp& timestamp, absl::TimeZone zone);

// Returns `Mon 2 Mar 2026`.
std::string FormatLongDate(absl::CivilDay day);

// Returns `24h`, `1h30m`, `45m`: what ParseDuration reads.
std::string FormatDuration(const google::protobuf::Duration& duration);

// Converts a duration to its protobuf message.
google::protobuf::Duration ToProto(absl::Duration duration);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_VALUES_H_
