#include "scheduler/plan/contact_hours.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/weekdays.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxOpenings = 50;
constexpr int kDayMinutes = 24 * 60;
constexpr int64_t kWeekSeconds = 7 * kDaySeconds;

// Of local seconds since 1970: seconds since Monday 00:00.
int64_t IntoWeek(int64_t local) {
  constexpr int64_t kFirstMonday = 4 * kDaySeconds;
  return local - kFirstMonday - FloorDiv(local - kFirstMonday, kWeekSeconds) * kWeekSeconds;
}

}  // namespace

ContactHours ContactHours::Read(const v1::ContactHours& source, const std::string& path, FieldErrors* errors) {
  std::vector<Stretch> stretches;
  const std::string list = absl::StrCat(path, ".openings");
  if (source.openings_size() > kMaxOpenings) {
    errors->push_back({list, absl::StrCat("must have at most ", kMaxOpenings)});
  }
  for (int i = 0; i < std::min(source.openings_size(), kMaxOpenings); ++i) {
    const v1::Opening& opening = source.openings(i);
    const std::string field = absl::StrCat(list, "[", i, "]");
    const std::optional<int> opens = ParseTimeOfDay(opening.opens());
    const std::optional<int> closes = opening.closes() == "24:00" ? kDayMinutes : ParseTimeOfDay(opening.closes());
    if (!opens) errors->push_back({field + ".opens", "must be a time of day, HH:MM"});
    if (!closes) errors->push_back({field + ".closes", "must be a time of day, HH:MM, or 24:00"});
    if (opens && closes && *closes <= *opens) {
      errors->push_back({field + ".closes", "must be later than opens; contact hours that never open reach nobody"});
    }
    uint8_t days = ReadWeekdays(opening.weekdays(), field + ".weekdays", errors);
    if (days == 0) days = kEveryDay;
    if (!opens || !closes || *closes <= *opens) continue;
    bool overlaps = false;
    for (int day = 0; day < 7; ++day) {
      if ((days >> day & 1) == 0) continue;
      const Stretch stretch{(day * kDayMinutes + *opens) * 60, (day * kDayMinutes + *closes) * 60};
      const auto meets = [&](const Stretch& other) { return other.begin < stretch.end && stretch.begin < other.end; };
      overlaps = overlaps || std::any_of(stretches.begin(), stretches.end(), meets);
      stretches.push_back(stretch);
    }
    if (overlaps) errors->push_back({field, "must not be open at the same time as one before it"});
  }
  std::sort(stretches.begin(), stretches.end(), [](const Stretch& a, const Stretch& b) { return a.begin < b.begin; });
  ContactHours hours;
  if (!stretches.empty()) hours.stretches_ = std::make_shared<const std::vector<Stretch>>(std::move(stretches));
  return hours;
}

int64_t ContactHours::NextOpen(int64_t time, int64_t end, LocalClock* clock) const {
  if (always_open()) return time;
  while (time < end) {
    const LocalClock::Run& run = clock->RunOf(time);
    const int64_t into = IntoWeek(time + run.offset);
    const auto ends_later = [into](const Stretch& s) { return s.end > into; };
    const auto next = std::find_if(stretches_->begin(), stretches_->end(), ends_later);
    const int64_t opens = next != stretches_->end() ? next->begin : stretches_->front().begin + kWeekSeconds;
    const int64_t instant = time + std::max<int64_t>(opens - into, 0);
    if (instant < run.end) return std::min(instant, end);
    time = run.end;  // Clocks change first; what they show is another time then.
  }
  return end;
}

int64_t ContactHours::NextClosed(int64_t time, int64_t end, LocalClock* clock) const {
  if (always_open()) return end;
  while (time < end) {
    const LocalClock::Run& run = clock->RunOf(time);
    const int64_t into = IntoWeek(time + run.offset);
    const auto is_in = [into](const Stretch& s) { return s.begin <= into && into < s.end; };
    const auto stretch = std::find_if(stretches_->begin(), stretches_->end(), is_in);
    if (stretch == stretches_->end()) return time;
    time = std::min(time + stretch->end - into, run.end);  // Where the next stretch may begin.
  }
  return end;
}

std::string ContactHours::DayText(int weekday) const {
  std::vector<std::string> openings;
  for (const Stretch& stretch : *stretches_) {
    const int opens = stretch.begin / 60 - weekday * kDayMinutes;
    const int closes = stretch.end / 60 - weekday * kDayMinutes;
    if (opens < 0 || opens >= kDayMinutes) continue;
    openings.push_back(absl::StrFormat("%02d:%02d-%02d:%02d", opens / 60, opens % 60, closes / 60, closes % 60));
  }
  return absl::StrJoin(openings, " and ");
}

std::string ContactHours::Text() const {
  if (always_open()) return "always";
  std::vector<std::string> parts;
  for (int first = 0, last; first < 7; first = last + 1) {
    const std::string openings = DayText(first);
    for (last = first; last < 6 && DayText(last + 1) == openings;) ++last;
    if (openings.empty()) continue;
    if (first == 0 && last == 6) return openings;
    const std::string until = first == last ? "" : absl::StrCat("-", kShortWeekdays[last]);
    parts.push_back(absl::StrCat(kShortWeekdays[first], until, " ", openings));
  }
  return absl::StrJoin(parts, ", ");
}

}  // namespace aftercare::plan
