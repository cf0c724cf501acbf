#include "services/client/common/values.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

absl::Duration UnitOf(char unit) {
  switch (unit) {
    case 'w':
      return absl::Hours(24 * 7);
    case 'd':
      return absl::Hours(24);
    case 'h':
      return absl::Hours(1);
    case 'm':
      return absl::Minutes(1);
    case 's':
      return absl::Seconds(1);
    default:
      return absl::ZeroDuration();
  }
}

// Plans read reminder times in the same way, so that typed and planned times agree.
absl::Time LocalInstant(absl::CivilMinute minute, absl::TimeZone zone) {
  return plan::InstantOf(absl::CivilSecond(minute), zone);
}

std::optional<absl::Time> LocalTime(absl::string_view text, absl::TimeZone zone) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('T', 1));
  const std::optional<absl::CivilDay> date = plan::ParseDate(parts.first);
  if (!date.has_value()) return std::nullopt;
  if (!absl::StrContains(text, 'T')) return LocalInstant(absl::CivilMinute(*date), zone);
  const std::optional<int> minutes = plan::ParseTimeOfDay(parts.second);
  if (!minutes.has_value()) return std::nullopt;
  return LocalInstant(absl::CivilMinute(*date) + *minutes, zone);
}

// Returns the common prefix of the values of an enumeration: REMINDER_STATE_ for ReminderState.
std::string PrefixOf(const google::protobuf::EnumDescriptor& type) {
  return std::string(absl::StripSuffix(type.value(0)->name(), "UNSPECIFIED"));
}

}  // namespace

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text) {
  const absl::Status failure =
      UsageError(absl::StrCat("\"", text, "\" is no duration: write 3d, 12h, 1d12h, 90m or 30s"));
  absl::Duration total;
  absl::string_view rest = text;
  if (rest.empty()) return failure;
  while (!rest.empty()) {
    size_t digits = 0;
    while (digits < rest.size() && absl::ascii_isdigit(rest[digits])) ++digits;
    int32_t number = 0;
    if (digits == rest.size() || !absl::SimpleAtoi(rest.substr(0, digits), &number)) return failure;
    const absl::Duration unit = UnitOf(rest[digits]);
    if (unit == absl::ZeroDuration()) return failure;
    total += number * unit;
    rest.remove_prefix(digits + 1);
  }
  return total;
}

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view option, absl::string_view text) {
  const absl::StatusOr<absl::Duration> duration = ParseDuration(text);
  if (!duration.ok()) return UsageError(absl::StrCat(option, " ", duration.status().message()));
  return duration;
}

absl::StatusOr<absl::Time> ParseAbsoluteInstant(absl::string_view text, absl::TimeZone zone) {
  absl::Time time;
  std::string error;
  // Unlike a local time, RFC 3339 has seconds and an offset.
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error) && !absl::StrContains(text, "infinite")) return time;
  if (const std::optional<absl::Time> local = LocalTime(text, zone)) return *local;
  return UsageError(absl::StrCat("\"", text,
                                 "\" is no time: write 2026-03-02T09:00 (local), 2026-03-02 or "
                                 "2026-03-02T14:00:00Z"));
}

absl::StatusOr<absl::Time> ParseInstant(absl::string_view text, const TimeFrame& frame) {
  if (text == "now") return frame.now;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    const absl::StatusOr<absl::Duration> by = ParseDuration(text.substr(1));
    if (!by.ok()) return by.status();
    return text[0] == '+' ? frame.now + *by : frame.now - *by;
  }
  return ParseAbsoluteInstant(text, frame.zone);
}

absl::StatusOr<google::protobuf::Map<std::string, std::string>> ParseFactors(const std::vector<std::string>& pairs) {
  google::protobuf::Map<std::string, std::string> factors;
  for (const std::string& pair : pairs) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (parts.first.empty() || parts.second.empty()) {
      return UsageError(absl::StrCat("--factor \"", pair, "\": write factor=value, for instance severity=severe"));
    }
    const auto [slot, added] = factors.insert({parts.first, parts.second});
    if (!added && slot->second != parts.second) {
      return UsageError(absl::StrCat("--factor ", parts.first, " is given twice, with different values"));
    }
  }
  return factors;
}

absl::StatusOr<int> ParseEnum(const google::protobuf::EnumDescriptor& type, absl::string_view option,
                              absl::string_view text) {
  const std::string name = absl::AsciiStrToUpper(absl::StrReplaceAll(text, {{"-", "_"}}));
  const std::string prefix = PrefixOf(type);
  for (int i = 1; i < type.value_count(); ++i) {
    const std::string& full = type.value(i)->name();
    if (full == name || full == absl::StrCat(prefix, name)) return type.value(i)->number();
  }
  return UsageError(absl::StrCat(option, " \"", text, "\": choose from ", EnumChoices(type)));
}

std::string EnumLabel(const google::protobuf::EnumDescriptor& type, int value) {
  if (value == 0) return "";
  const google::protobuf::EnumValueDescriptor* known = type.FindValueByNumber(value);
  if (known == nullptr) return absl::StrCat(value);
  const absl::string_view name = absl::StripPrefix(known->name(), PrefixOf(type));
  return absl::AsciiStrToLower(absl::StrReplaceAll(name, {{"_", "-"}}));
}

std::string EnumChoices(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> labels;
  for (int i = 1; i < type.value_count(); ++i) labels.push_back(EnumLabel(type, type.value(i)->number()));
  return absl::StrJoin(labels, ", ");
}

absl::TimeZone ZoneOrUtc(absl::string_view name) { return plan::FindZone(name).value_or(absl::UTCTimeZone()); }

std::string FormatInstant(const google::protobuf::Timestamp& timestamp, absl::TimeZone zone) {
  if (timestamp.seconds() == 0 && timestamp.nanos() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M", plan::ToTime(timestamp), zone);
}

std::string FormatLongDate(absl::CivilDay day) {
  return absl::FormatTime("%a %-d %b %Y", absl::FromCivil(day, absl::UTCTimeZone()), absl::UTCTimeZone());
}

std::string FormatDuration(const google::protobuf::Duration& duration) {
  return absl::FormatDuration(absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos()));
}

google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return proto;
}

}  // namespace aftercare::client
