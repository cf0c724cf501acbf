#include "services/client/input/calendar_options.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/plan/weekdays.h"
#include "services/client/common/failure.h"

namespace aftercare::client {
namespace {

// Returns 0 for `mon`, in any case.
std::optional<int> ParseWeekday(absl::string_view text) {
  const auto is_it = [text](const char* day) { return absl::EqualsIgnoreCase(day, text); };
  const auto found = std::find_if(std::begin(plan::kShortWeekdays), std::end(plan::kShortWeekdays), is_it);
  if (found == std::end(plan::kShortWeekdays)) return std::nullopt;
  return static_cast<int>(found - std::begin(plan::kShortWeekdays));
}

// Adds a day, or a range of days, which may wrap around the end of the week. Returns false if the text is neither.
bool AddDays(absl::string_view text, std::vector<v1::Weekday>* days) {
  const std::pair<absl::string_view, absl::string_view> ends = absl::StrSplit(text, absl::MaxSplits('-', 1));
  const std::optional<int> first = ParseWeekday(ends.first);
  const std::optional<int> last = ends.second.empty() ? first : ParseWeekday(ends.second);
  if (!first || !last) return false;
  for (int day = *first;; day = (day + 1) % 7) {
    days->push_back(static_cast<v1::Weekday>(v1::WEEKDAY_MONDAY + day));
    if (day == *last) return true;
  }
}

}  // namespace

absl::StatusOr<v1::ContactHours> ParseContactHours(absl::string_view text) {
  const absl::Status failure = UsageError(absl::StrCat(
      "--contact-hours \"", text, "\": write 10:00-16:00, \"mon-fri 10:00-16:00, sat 10:00-12:00\" or any"));
  v1::ContactHours hours;
  if (text == "any") return hours;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    const std::vector<absl::string_view> words = absl::StrSplit(part, ' ', absl::SkipWhitespace());
    if (words.empty() || words.size() > 2) return failure;
    v1::Opening* opening = hours.add_openings();
    std::vector<v1::Weekday> days;
    if (words.size() == 2 && !AddDays(words[0], &days)) return failure;
    for (const v1::Weekday day : days) opening->add_weekdays(day);
    const std::pair<std::string, std::string> ends = absl::StrSplit(words.back(), absl::MaxSplits('-', 1));
    if (ends.first.empty() || ends.second.empty()) return failure;
    opening->set_opens(ends.first);
    opening->set_closes(ends.second);
  }
  return hours;
}

absl::StatusOr<std::vector<v1::Weekday>> ParseWeekdays(absl::string_view option, absl::string_view text) {
  std::vector<v1::Weekday> days;
  if (text == "none") return days;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    if (!AddDays(absl::StripAsciiWhitespace(part), &days)) {
      return UsageError(absl::StrCat(option, " \"", text, "\": write days such as sat,sun or fri-sun, or none"));
    }
  }
  return days;
}

std::vector<v1::Holiday> ParseHolidays(const std::vector<std::string>& holidays) {
  std::vector<v1::Holiday> result;
  for (const std::string& text : holidays) {
    if (text == "none") continue;
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
    v1::Holiday& holiday = result.emplace_back();
    holiday.set_date(parts.first);
    holiday.set_display_name(parts.second);
  }
  // Items that are not dates keep their text, so that the server can name them.
  std::stable_sort(result.begin(), result.end(),
                   [](const v1::Holiday& a, const v1::Holiday& b) { return a.date() < b.date(); });
  return result;
}

}  // namespace aftercare::client
