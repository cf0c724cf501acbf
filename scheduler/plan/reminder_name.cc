#include "scheduler/plan/reminder_name.h"

#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scheduler/plan/civil.h"

namespace aftercare::plan {
namespace {

// A code is ((days since the first of January of the year 0) * kMinutes + minute) * kCounts + count. The minute is 0 if
// the name has no time, otherwise one more than the minutes since midnight.
constexpr int64_t kCounts = kMaxNameCount + 1;
constexpr int64_t kMinutes = 1441;
constexpr int64_t kEpoch = 719'528;  // 1970-01-01
// The code of the first day of the year 1 is larger; numbers are smaller.
constexpr int64_t kFirstCode = 366 * kMinutes * kCounts;

// Reads a number without sign, space or leading zero, so that there is one spelling of each.
std::optional<int64_t> ParseNumber(absl::string_view text, int64_t most) {
  int64_t number = 0;
  const bool is_plain = !text.empty() && text[0] >= '1' && text[0] <= '9' &&
                        text.find_first_not_of("0123456789") == absl::string_view::npos;
  if (!is_plain || !absl::SimpleAtoi(text, &number) || number > most) return std::nullopt;
  return number;
}

// Reads `0800`.
std::optional<int> ParseClock(absl::string_view text) {
  if (text.size() != 4) return std::nullopt;
  return ParseTimeOfDay(absl::StrCat(text.substr(0, 2), ":", text.substr(2)));
}

// Reads a date that may lie outside the range of ParseDate, because rules reach beyond it.
std::optional<absl::CivilDay> ParseDay(absl::string_view text) {
  absl::CivilDay day;
  const bool ok = text.size() == 10 && absl::ParseCivilTime(text, &day) && day.year() >= 1 && day.year() <= 9999;
  return ok && FormatDate(day) == text ? std::make_optional(day) : std::nullopt;
}

}  // namespace

int64_t EncodeName(const NamedTime& time) {
  return ((DayNumber(time.day) + kEpoch) * kMinutes + (time.minute ? *time.minute + 1 : 0)) * kCounts + time.count;
}

std::optional<NamedTime> DecodeName(int64_t code) {
  if (code < kFirstCode) return std::nullopt;
  const int64_t minutes = code / kCounts;
  NamedTime time{DayOf(minutes / kMinutes - kEpoch), std::nullopt, static_cast<int>(code % kCounts)};
  if (minutes % kMinutes > 0) time.minute = static_cast<int>(minutes % kMinutes - 1);
  return time;
}

int64_t WithCount(int64_t code, int count) { return code - code % kCounts + count; }

int64_t WithoutCount(int64_t code) { return code < kFirstCode ? code : WithCount(code, 1); }

std::string FormatNameCode(int64_t code) {
  const std::optional<NamedTime> time = DecodeName(code);
  if (!time) return absl::StrCat(code);
  std::string text = FormatDate(time->day);
  if (time->minute) absl::StrAppend(&text, absl::StrFormat("-%02d%02d", *time->minute / 60, *time->minute % 60));
  if (time->count > 1) absl::StrAppend(&text, "~", time->count);
  return text;
}

std::optional<int64_t> ParseNameCode(absl::string_view text) {
  if (text.size() < 10) return ParseNumber(text, std::numeric_limits<int32_t>::max());
  NamedTime time;
  const std::optional<absl::CivilDay> day = ParseDay(text.substr(0, 10));
  if (!day) return ParseNumber(text, std::numeric_limits<int32_t>::max());
  time.day = *day;
  text.remove_prefix(10);
  if (!text.empty() && text[0] == '-') {
    time.minute = ParseClock(text.substr(1, 4));
    if (!time.minute) return std::nullopt;
    text.remove_prefix(5);
  }
  if (!text.empty()) {
    const std::optional<int64_t> count = text[0] == '~' ? ParseNumber(text.substr(1), kMaxNameCount) : std::nullopt;
    if (!count || *count < 2) return std::nullopt;
    time.count = static_cast<int>(*count);
  }
  return EncodeName(time);
}

}  // namespace aftercare::plan
