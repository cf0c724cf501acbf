#ifndef AFTERCARE_SCHEDULER_PLAN_CIVIL_H_
#define AFTERCARE_SCHEDULER_PLAN_CIVIL_H_

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// Dates, local times and zones: what a wall calendar says, and which instant that is. Functions are thread safe.
namespace aftercare::plan {

// The date written `YYYY-MM-DD`, from 1970-01-01 to 2199-12-31. Nothing for any other spelling and for days that do
// not exist.
std::optional<absl::CivilDay> ParseDate(absl::string_view text);

// `YYYY-MM-DD`.
std::string FormatDate(absl::CivilDay date);

// Minutes since midnight, 0 to 1439, of a time written `HH:MM`. Nothing for any other spelling; `24:00` is no time.
std::optional<int> ParseTimeOfDay(absl::string_view text);

// `YYYY-MM-DDTHH:MM`.
std::string FormatMinute(absl::CivilMinute minute);

// Reads what FormatMinute writes, from 1970-01-01 to 2199-12-31.
std::optional<absl::CivilMinute> ParseMinute(absl::string_view text);

// Where this machine keeps the rules of its zones: TZDIR of the environment, else /usr/share/zoneinfo.
std::string ZoneDirectory();

// Whether `name` can be that of a zone, or of a directory of zones, below ZoneDirectory().
bool IsZoneName(absl::string_view name);

// The zone of an IANA name such as `America/New_York`, `Etc/GMT+5` or the link `US/Eastern`; `UTC` needs no zone file.
// Nothing for names that are not in the zone database, POSIX rules (`EST5`), `localtime`, `Factory` and file paths.
// A name once found is found again in well under a microsecond. Names that were not found cost no memory, so any text
// from a client may be tried.
std::optional<absl::TimeZone> FindZone(absl::string_view name);

// The date `months` after `anchor` (before, if negative) on the same day of the month, clamped to the month's last:
// 31 January + 1 is 28 or 29 February.
absl::CivilDay AddMonths(absl::CivilDay anchor, int months);

// Days since 1970-01-01, and back. The time library can do the same; this takes a tenth of the time.
int64_t DayNumber(absl::CivilDay date);
absl::CivilDay DayOf(int64_t day_number);

// One date from which monthly dates are counted, all in day numbers, as planning wants it.
class MonthlyDates {
 public:
  explicit MonthlyDates(absl::CivilDay anchor)
      : month_(anchor.year() * 12 + anchor.month() - 1), day_(anchor.day()), number_(DayNumber(anchor)) {}

  // DayNumber(AddMonths(anchor, months)).
  int64_t After(int months) const;

  // How many monthly dates after the anchor are not after the day with that number, at least 0.
  int CountUntil(int64_t day_number) const;

 private:
  int64_t month_;  // Months since the year 0.
  int day_;
  int64_t number_;
};

// Seconds in a day without a change of clocks.
inline constexpr int64_t kDaySeconds = 86400;

// Rounded down, also below zero.
inline int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Weekday of a day number, 0 is Monday.
inline int WeekdayOf(int64_t day_number) { return static_cast<int>(((day_number + 3) % 7 + 7) % 7); }

// Turns local times of one zone into instants after RFC 5545, 3.3.5: a local time that clocks skip or repeat is read
// with the UTC offset in force before the change. So 02:30 in a gap is 03:30 by the new offset, 01:30 in an overlap is
// the first of the two, and a whole day left out (Apia, 30 December 2011) is read as the day after it.
//
// It remembers the runs of constant offset it met last: most conversions are a comparison and a subtraction.
// Not thread safe; cheap to make and to copy.
class LocalClock {
 public:
  explicit LocalClock(absl::TimeZone zone) : zone_(zone) {}

  absl::TimeZone zone() const { return zone_; }

  // Unix seconds of the local time that is `local` seconds after 1970-01-01 00:00 of the calendar.
  int64_t At(int64_t local) {
    for (const Run& run : runs_) {
      if (local >= run.begin && local < run.end) return local - run.offset;
    }
    return local - Learn(local);
  }

  // Times [begin, end) at which clocks are `offset` seconds ahead of UTC.
  struct Run {
    int64_t begin = 0;
    int64_t end = 0;
    int64_t offset = 0;
  };

  // The run of an instant, bounds and all in Unix seconds: what a clock shows then is `instant + offset`. Good until
  // the next call of a method that is not const.
  const Run& RunOf(int64_t instant) {
    for (const Run& run : instants_) {
      if (instant >= run.begin && instant < run.end) return run;
    }
    return LearnInstant(instant);
  }

  // Day number of the date a clock shows at an instant.
  int64_t DayAt(int64_t instant);

 private:
  // Finds the run of `local`, remembers it in place of the oldest and returns its offset.
  int64_t Learn(int64_t local);
  const Run& LearnInstant(int64_t instant);

  absl::TimeZone zone_;
  std::array<Run, 4> runs_{};  // Of local times.
  std::array<Run, 4> instants_{};
  size_t next_ = 0;
  size_t next_instant_ = 0;
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_CIVIL_H_
