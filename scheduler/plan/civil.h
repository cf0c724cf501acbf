// Dates, local times and time zones: what a wall calendar and a wall clock show, and which instant that is.
//
// Thread safety: functions may be called from any thread. LocalClock is not thread safe, MonthlyDates is immutable.
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

namespace aftercare::plan {

// Reads a date written `YYYY-MM-DD`, from 1970-01-01 to 2199-12-31. Returns nothing for any other spelling and for days
// that do not exist.
std::optional<absl::CivilDay> ParseDate(absl::string_view text);

// Writes a date as `YYYY-MM-DD`.
std::string FormatDate(absl::CivilDay date);

// Reads a time of day written `HH:MM`. Returns minutes since midnight, 0 to 1439, or nothing for any other spelling and
// for `24:00`.
std::optional<int> ParseTimeOfDay(absl::string_view text);

// Writes a local time as `YYYY-MM-DDTHH:MM`.
std::string FormatMinute(absl::CivilMinute minute);

// Reads what FormatMinute writes, from 1970-01-01 to 2199-12-31. Returns nothing for anything else.
std::optional<absl::CivilMinute> ParseMinute(absl::string_view text);

// The directory of this machine's time-zone database: $TZDIR, or /usr/share/zoneinfo if that is not set.
std::string ZoneDirectory();

// Returns true if `name` is spelled like a zone, or like a directory of zones, of the database. Does not look there.
bool IsZoneName(absl::string_view name);

// Finds the zone with an IANA name such as `America/New_York`, `Etc/GMT+5` or the link `US/Eastern`. `UTC` needs no
// zone file. Returns nothing for names that are not in the zone database, POSIX rules (`EST5`), `localtime`, `Factory`
// and file paths. Zones that were found are cached: the next lookup takes well under a microsecond. Names that were not
// found are not kept, so any text from a client may be tried.
std::optional<absl::TimeZone> FindZone(absl::string_view name);

// The date `months` after `anchor` (before it, if negative). The day of the month stays, but is clamped to the last day
// of the month: 31 January + 1 month is 28 or 29 February.
absl::CivilDay AddMonths(absl::CivilDay anchor, int months);

// Converts a date to a day number (days since 1970-01-01), and back. Takes a tenth of the time of Abseil's functions.
int64_t DayNumber(absl::CivilDay date);
absl::CivilDay DayOf(int64_t day_number);

// Returns a minute of a day, counted from 0 to 1439, as a local time.
absl::CivilMinute MinuteOf(int64_t day_number, int minute);

// The monthly dates that follow one anchor date, in day numbers. Immutable.
class MonthlyDates {
 public:
  explicit MonthlyDates(absl::CivilDay anchor)
      : month_(anchor.year() * 12 + anchor.month() - 1), day_(anchor.day()), number_(DayNumber(anchor)) {}

  // DayNumber(AddMonths(anchor, months)).
  int64_t After(int months) const;

  // The number of monthly dates later than the anchor and not later than the given day. Never negative.
  int CountUntil(int64_t day_number) const;

 private:
  int64_t month_;   // The anchor's month, counted from the year 0.
  int day_;         // The anchor's day of the month.
  int64_t number_;  // The anchor's day number.
};

// Seconds in a day without a change of clocks.
inline constexpr int64_t kDaySeconds = 86400;

// a / b, rounded down, also where it is negative. `b` must be positive.
inline int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// The weekday of a day number. 0 is Monday.
inline int WeekdayOf(int64_t day_number) { return static_cast<int>(((day_number + 3) % 7 + 7) % 7); }

// Returns the instant of a local time by the rule of LocalClock, which is for many conversions in one zone.
inline absl::Time InstantOf(absl::CivilSecond local, absl::TimeZone zone) { return zone.At(local).pre; }

// Converts between local times of one zone and instants, by RFC 5545, 3.3.5: a local time that clocks skip or repeat is
// read with the UTC offset in force before the change. So 02:30 in a gap is 03:30 by the new offset, 01:30 in an
// overlap is the first of the two, and a whole day left out (Apia, 30 December 2011) is read as the day after it.
//
// It caches the last few spans of constant offset it looked up, so that most conversions are a comparison and a
// subtraction. Not thread safe. Cheap to make and to copy.
class LocalClock {
 public:
  explicit LocalClock(absl::TimeZone zone) : zone_(zone) {}

  absl::TimeZone zone() const { return zone_; }

  // Returns the instant, in Unix seconds, of a local time. `local` is the local time as seconds since 1970-01-01 00:00
  // on the local calendar, as if no clock was ever changed.
  int64_t At(int64_t local) {
    for (const Run& run : runs_) {
      if (local >= run.begin && local < run.end) return local - run.offset;
    }
    return local - Learn(local);
  }

  // A span [begin, end) in which clocks are `offset` seconds ahead of UTC.
  struct Run {
    int64_t begin = 0;
    int64_t end = 0;
    int64_t offset = 0;
  };

  // The run an instant lies in, with its bounds in Unix seconds. A clock shows `instant + offset` then. The reference
  // is valid until the next call of a method that is not const.
  const Run& RunOf(int64_t instant) {
    for (const Run& run : instants_) {
      if (instant >= run.begin && instant < run.end) return run;
    }
    return LearnInstant(instant);
  }

  // The day number of the local date at an instant, which is in Unix seconds.
  int64_t DayAt(int64_t instant);

  // The minute that clocks show at an instant, which is in Unix seconds: 0 to 1439, counted from midnight.
  int MinuteAt(int64_t instant);

 private:
  // Looks up the run a local time lies in, caches it in place of the oldest and returns its offset.
  int64_t Learn(int64_t local);
  // Looks up the run an instant lies in and caches it in place of the oldest.
  const Run& LearnInstant(int64_t instant);

  absl::TimeZone zone_;
  std::array<Run, 4> runs_{};      // Bounds are local times.
  std::array<Run, 4> instants_{};  // Bounds are instants.
  size_t next_ = 0;                // Which of runs_ is the oldest.
  size_t next_instant_ = 0;        // Which of instants_ is the oldest.
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_CIVIL_H_
