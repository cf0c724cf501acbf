#include "scheduler/plan/civil.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scheduler/sync.h"

namespace aftercare::plan {
namespace {

// The number in `text`, which must be digits only; -1 otherwise.
int Digits(absl::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

bool IsZoneCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '+' || c == '/';
}

// Whether the zone database of this machine has a file for `name`. The time library itself keeps every name it was
// ever asked for, and takes more than names.
bool HasZoneFile(absl::string_view name) {
  const std::string path = absl::StrCat(ZoneDirectory(), "/", name);
  struct stat status;
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  char magic[4] = {};
  std::ifstream file(path, std::ios::binary);
  return file.read(magic, sizeof(magic)) && absl::string_view(magic, sizeof(magic)) == "TZif";
}

// Zones that were found. There are some 600 names; the bound only keeps a strange directory from growing it.
struct KnownZones {
  static constexpr size_t kMost = 4096;

  SharedMutex mutex;
  absl::flat_hash_map<std::string, absl::TimeZone> by_name ABSL_GUARDED_BY(mutex);
};

KnownZones& Known() {
  static auto* const known = new KnownZones();  // Never destroyed: used by threads that outlive main.
  return *known;
}

// The calendar repeats every 400 years. Counted from 1 March, leap days come last, and the days before a month are a
// straight line (Howard Hinnant, "chrono-compatible low-level date algorithms").
constexpr int64_t kEraDays = 146'097;
constexpr int64_t kEpochToEra = 719'468;  // Days from 0000-03-01 to 1970-01-01.

int64_t ToDayNumber(int64_t year, int month, int day) {
  if (month <= 2) --year;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * kEraDays + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - kEpochToEra;
}

struct Date {
  int64_t year = 0;
  int month = 0;
  int day = 0;
};

Date ToDate(int64_t day_number) {
  const int64_t shifted = day_number + kEpochToEra;
  const int64_t era = (shifted >= 0 ? shifted : shifted - kEraDays + 1) / kEraDays;
  const auto day_of_era = static_cast<uint32_t>(shifted - era * kEraDays);  // Narrow: half the time.
  const uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted_month = static_cast<int>((5 * day_of_year + 2) / 153);
  const int month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const int day = static_cast<int>(day_of_year) - (153 * shifted_month + 2) / 5 + 1;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

int LastDay(int64_t year, int month) {
  if (month != 2) return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
}

int64_t LocalSeconds(absl::CivilSecond local) { return local - absl::CivilSecond(1970, 1, 1); }

// From this local time on, the offset after the change holds: the later of the two readings of its instant.
int64_t LocalStart(const absl::TimeZone::CivilTransition& change) {
  return LocalSeconds(std::max(change.from, change.to));
}

}  // namespace

std::optional<absl::CivilDay> ParseDate(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = Digits(text.substr(0, 4));
  const int month = Digits(text.substr(5, 2));
  const int day = Digits(text.substr(8, 2));
  if (year < 1970 || year > 2199 || month < 1 || day < 1) return std::nullopt;
  const absl::CivilDay date(year, month, day);
  if (date.month() != month || date.day() != day) return std::nullopt;  // Normalized: there is no such day.
  return date;
}

std::string FormatDate(absl::CivilDay date) {
  return absl::StrCat(absl::Dec(date.year(), absl::kZeroPad4), "-", absl::Dec(date.month(), absl::kZeroPad2), "-",
                      absl::Dec(date.day(), absl::kZeroPad2));
}

std::optional<int> ParseTimeOfDay(absl::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hour = Digits(text.substr(0, 2));
  const int minute = Digits(text.substr(3, 2));
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

std::optional<absl::CivilMinute> ParseMinute(absl::string_view text) {
  if (text.size() != 16 || text[10] != 'T') return std::nullopt;
  const auto date = ParseDate(text.substr(0, 10));
  const auto minute = ParseTimeOfDay(text.substr(11));
  if (!date || !minute) return std::nullopt;
  return absl::CivilMinute(*date) + *minute;
}

std::string FormatMinute(absl::CivilMinute minute) {
  return absl::StrFormat("%04d-%02d-%02dT%02d:%02d", minute.year(), minute.month(), minute.day(), minute.hour(),
                         minute.minute());
}

std::string ZoneDirectory() {
  const char* directory = std::getenv("TZDIR");
  return directory != nullptr && *directory != '\0' ? directory : "/usr/share/zoneinfo";  // As the time library has it.
}

// Names begin with a capital, which leaves out `posix/`, `right/`, `localtime` and the other files that lie beside the
// zones; without dots they cannot lead out of the directory.
bool IsZoneName(absl::string_view name) {
  if (name.empty() || name.size() > 64 || !absl::ascii_isupper(static_cast<unsigned char>(name[0]))) return false;
  if (name == "Factory" || name.back() == '/' || name.find("//") != absl::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), IsZoneCharacter);
}

std::optional<absl::TimeZone> FindZone(absl::string_view name) {
  KnownZones& known = Known();
  {
    ReaderLock lock(known.mutex);
    const auto found = known.by_name.find(name);
    if (found != known.by_name.end()) return found->second;
  }
  if (!IsZoneName(name) || (name != "UTC" && !HasZoneFile(name))) return std::nullopt;
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(name, &zone)) return std::nullopt;
  WriterLock lock(known.mutex);
  if (known.by_name.size() < KnownZones::kMost) known.by_name.emplace(name, zone);
  return zone;
}

absl::CivilDay AddMonths(absl::CivilDay anchor, int months) {
  const absl::CivilMonth month = absl::CivilMonth(anchor) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return absl::CivilDay(month.year(), month.month(), std::min(anchor.day(), last.day()));
}

int64_t DayNumber(absl::CivilDay date) { return ToDayNumber(date.year(), date.month(), date.day()); }

absl::CivilDay DayOf(int64_t day_number) {
  const Date date = ToDate(day_number);
  return absl::CivilDay(date.year, date.month, date.day);
}

absl::CivilMinute MinuteOf(int64_t day_number, int minute) {
  const Date date = ToDate(day_number);
  return absl::CivilMinute(date.year, date.month, date.day, minute / 60, minute % 60);
}

int64_t MonthlyDates::After(int months) const {
  if (months == 0) return number_;
  const int64_t year = (month_ + months) / 12;  // Never negative: dates begin with 1970.
  const int month = static_cast<int>((month_ + months) % 12) + 1;
  return ToDayNumber(year, month, std::min(day_, LastDay(year, month)));
}

int MonthlyDates::CountUntil(int64_t day_number) const {
  if (day_number <= number_) return 0;
  const Date date = ToDate(day_number);
  const int months = static_cast<int>(date.year * 12 + date.month - 1 - month_);
  const bool reached = date.day >= std::min(day_, LastDay(date.year, date.month));
  return std::max(reached ? months : months - 1, 0);
}

int64_t LocalClock::Learn(int64_t local) {
  const absl::CivilSecond civil = absl::CivilSecond(1970, 1, 1) + local;
  const absl::TimeZone::TimeInfo info = zone_.At(civil);
  // Inside a gap or an overlap the offset before the change holds, up to the change and both its readings.
  const bool unique = info.kind == absl::TimeZone::TimeInfo::UNIQUE;
  const absl::Time before = unique ? info.pre : info.trans - absl::Seconds(1);
  Run run;
  run.offset = local - absl::ToUnixSeconds(info.pre);
  run.begin = std::numeric_limits<int64_t>::min();
  run.end = std::numeric_limits<int64_t>::max();
  absl::TimeZone::CivilTransition change;
  if (zone_.PrevTransition(before + absl::Seconds(1), &change)) run.begin = LocalStart(change);
  if (zone_.NextTransition(before, &change)) run.end = LocalStart(change);
  runs_[next_] = run;
  next_ = (next_ + 1) % runs_.size();
  return run.offset;
}

const LocalClock::Run& LocalClock::LearnInstant(int64_t instant) {
  const absl::Time time = absl::FromUnixSeconds(instant);
  Run& run = instants_[next_instant_];
  next_instant_ = (next_instant_ + 1) % instants_.size();
  run = {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), zone_.At(time).offset};
  absl::TimeZone::CivilTransition change;
  const auto instant_of = [&] { return absl::ToUnixSeconds(zone_.At(change.to).trans); };
  if (zone_.PrevTransition(time + absl::Seconds(1), &change)) run.begin = instant_of();
  if (zone_.NextTransition(time, &change)) run.end = instant_of();
  return run;
}

int64_t LocalClock::DayAt(int64_t instant) { return FloorDiv(instant + RunOf(instant).offset, kDaySeconds); }

int LocalClock::MinuteAt(int64_t instant) {
  const int64_t local = instant + RunOf(instant).offset;
  return static_cast<int>((local - FloorDiv(local, kDaySeconds) * kDaySeconds) / 60);
}

}  // namespace aftercare::plan
