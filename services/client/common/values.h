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

// What a user types for times, factors and enumerations, and how they are shown. Failures are usage errors. Functions
// are thread safe.
namespace aftercare::client {

// `3d`, `12h`, `1d12h`, `90m`, `30s`, `2w`: whole numbers with units, largest first or not. Days are of 24 hours.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text);

// What an instant may be relative to.
struct TimeFrame {
  // Of local times.
  absl::TimeZone zone;

  // For `now`, `+3d` and `-12h`.
  absl::Time now;
};

// RFC 3339 (`2026-03-02T14:00:00Z`), local `2026-03-02T09:00` or `2026-03-02`, `now`, `+3d`, `-12h`. A local time that
// clocks skip or repeat is read with the offset before the change.
absl::StatusOr<absl::Time> ParseInstant(absl::string_view text, const TimeFrame& frame);

// The same without the relative ones: for times that nothing is now for.
absl::StatusOr<absl::Time> ParseAbsoluteInstant(absl::string_view text, absl::TimeZone zone);

// `severity=severe`, several times. The same factor twice with different values is refused.
absl::StatusOr<google::protobuf::Map<std::string, std::string>> ParseFactors(const std::vector<std::string>& pairs);

// The number of a value by its short name in any case, with `-` or `_`: `care-team` of AUDIENCE_CARE_TEAM. The full
// name serves as well. `option` is how the failure calls it.
absl::StatusOr<int> ParseEnum(const google::protobuf::EnumDescriptor& type, absl::string_view option,
                              absl::string_view text);

// The short name of a value: `care-team`. Empty for the zero value, the number for unknown ones.
std::string EnumLabel(const google::protobuf::EnumDescriptor& type, int value);

// All short names, for help texts: `sms, email, webhook`.
std::string EnumChoices(const google::protobuf::EnumDescriptor& type);

// `2026-03-02 09:00`; empty where the timestamp is not set (zero).
std::string FormatInstant(const google::protobuf::Timestamp& timestamp, absl::TimeZone zone);

// `Mon 2 Mar 2026`.
std::string FormatLongDate(absl::CivilDay day);

// Converts.
google::protobuf::Duration ToProto(absl::Duration duration);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_VALUES_H_
