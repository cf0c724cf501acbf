#include "scheduler/plan/civil.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"

namespace aftercare::plan {
namespace {

TEST(CivilTest, DatesAreReadStrictly) {
  EXPECT_EQ(ParseDate("2026-03-05"), absl::CivilDay(2026, 3, 5));
  EXPECT_EQ(ParseDate("2024-02-29"), absl::CivilDay(2024, 2, 29));
  EXPECT_EQ(ParseDate("1970-01-01"), absl::CivilDay(1970, 1, 1));
  EXPECT_EQ(ParseDate("2199-12-31"), absl::CivilDay(2199, 12, 31));
  for (const char* bad : {"", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "1969-12-31",
                          "2200-01-01", "2026-3-5", "26-03-05", "2026/03/05", " 2026-03-05", "2026-03-05 ",
                          "2026-03-5x", "+026-03-05", "2026-+3-05", "20260305", "2100-02-29"}) {
    EXPECT_FALSE(ParseDate(bad).has_value()) << bad;
  }
}

TEST(CivilTest, DatesAreWrittenAsTheyAreRead) {
  EXPECT_EQ(FormatDate(absl::CivilDay(2026, 3, 5)), "2026-03-05");
  EXPECT_EQ(FormatMinute(absl::CivilMinute(2026, 3, 5, 7, 9)), "2026-03-05T07:09");
}

TEST(CivilTest, TimesOfDayAreReadStrictly) {
  EXPECT_EQ(ParseTimeOfDay("00:00"), 0);
  EXPECT_EQ(ParseTimeOfDay("09:05"), 545);
  EXPECT_EQ(ParseTimeOfDay("23:59"), 1439);
  for (const char* bad : {"", "9:05", "24:00", "09:60", "09:5", "0905", "09:05:00", "09-05", "-1:00", "aa:bb",
                          " 9:05"}) {
    EXPECT_FALSE(ParseTimeOfDay(bad).has_value()) << bad;
  }
}

TEST(CivilTest, DatesWithTimesAreReadAsTheyAreWritten) {
  EXPECT_EQ(ParseMinute("2026-03-05T07:09"), absl::CivilMinute(2026, 3, 5, 7, 9));
  EXPECT_EQ(ParseMinute("1970-01-01T00:00"), absl::CivilMinute(1970, 1, 1, 0, 0));
  for (const char* bad : {"", "2026-03-05", "2026-03-05 07:09", "2026-03-05T7:09", "2026-03-05T07:09:00",
                          "2026-02-30T07:09", "2026-03-05T24:00", "2026-03-05t07:09", "2200-01-01T00:00"}) {
    EXPECT_FALSE(ParseMinute(bad).has_value()) << bad;
  }
}

TEST(CivilTest, ZonesAreFoundByIanaNameAndLink) {
  for (const char* good : {"UTC", "America/New_York", "US/Eastern", "Etc/GMT+5", "America/Argentina/Buenos_Aires",
                           "Asia/Kathmandu", "EST5EDT", "GMT0"}) {
    ASSERT_TRUE(FindZone(good).has_value()) << good;
    EXPECT_EQ(FindZone(good)->name(), good);
  }
}

TEST(CivilTest, WhatIsNoIanaNameIsNoZone) {
  for (const char* bad : {"", "EST5", "localtime", "posix/America/New_York", "right/America/New_York", "posixrules",
                          "../zoneinfo/UTC", "America/../UTC", "/usr/share/zoneinfo/UTC", "Factory", "America",
                          "America/", "America//New_York", "america/new_york", "Mars/Base", "Fixed/UTC+05:00:00",
                          "tzdata.zi", "zone1970.tab", "UTC+5", "<+05>-5", "New York", ":UTC"}) {
    EXPECT_FALSE(FindZone(bad).has_value()) << bad;
  }
  EXPECT_FALSE(FindZone(absl::string_view("UTC\0", 4)).has_value());
  EXPECT_FALSE(FindZone(std::string(10'000, 'A')).has_value());
}

TEST(CivilTest, ZonesMayBeSoughtByManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) {
        EXPECT_TRUE(FindZone(i % 2 == 0 ? "Europe/Paris" : "Asia/Tokyo").has_value());
        EXPECT_FALSE(FindZone(absl::StrCat("Mars/Base", i)).has_value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(CivilTest, MonthsKeepTheDayOrEndWithTheMonth) {
  EXPECT_EQ(AddMonths(absl::CivilDay(2025, 1, 31), 1), absl::CivilDay(2025, 2, 28));
  EXPECT_EQ(AddMonths(absl::CivilDay(2025, 1, 31), 2), absl::CivilDay(2025, 3, 31));
  EXPECT_EQ(AddMonths(absl::CivilDay(2024, 1, 31), 1), absl::CivilDay(2024, 2, 29));
  EXPECT_EQ(AddMonths(absl::CivilDay(2024, 2, 29), 12), absl::CivilDay(2025, 2, 28));
  EXPECT_EQ(AddMonths(absl::CivilDay(2025, 8, 31), 6), absl::CivilDay(2026, 2, 28));
  EXPECT_EQ(AddMonths(absl::CivilDay(2025, 3, 31), -1), absl::CivilDay(2025, 2, 28));
  EXPECT_EQ(AddMonths(absl::CivilDay(2025, 12, 15), 1), absl::CivilDay(2026, 1, 15));
}

TEST(CivilTest, DayNumbersAgreeWithTheCalendar) {
  EXPECT_EQ(DayNumber(absl::CivilDay(1970, 1, 1)), 0);
  for (absl::CivilDay date(1599, 12, 1); date < absl::CivilDay(2410, 1, 1); ++date) {
    const int64_t number = date - absl::CivilDay(1970, 1, 1);
    ASSERT_EQ(DayNumber(date), number) << FormatDate(date);
    ASSERT_EQ(DayOf(number), date) << FormatDate(date);
    const int minute = static_cast<int>((number % 1440 + 1440) % 1440);
    ASSERT_EQ(MinuteOf(number, minute), absl::CivilMinute(date) + minute) << FormatDate(date);
  }
}

TEST(CivilTest, MonthlyDatesAgreeWithAddingMonths) {
  for (absl::CivilDay anchor(2095, 1, 1); anchor < absl::CivilDay(2101, 1, 1); ++anchor) {
    const MonthlyDates monthly(anchor);
    for (const int months : {0, 1, 2, 3, 11, 12, 13, 48, 120}) {
      const int64_t date = DayNumber(AddMonths(anchor, months));
      ASSERT_EQ(monthly.After(months), date) << FormatDate(anchor) << " + " << months;
      ASSERT_EQ(monthly.CountUntil(date), months) << FormatDate(anchor) << " + " << months;
      ASSERT_EQ(monthly.CountUntil(date - 1), std::max(months - 1, 0)) << FormatDate(anchor) << " + " << months;
    }
  }
}

// Local seconds of a calendar time.
int64_t Local(absl::CivilSecond civil) { return civil - absl::CivilSecond(1970, 1, 1); }

TEST(CivilTest, LocalTimesInAGapOrAnOverlapTakeTheOffsetBefore) {
  LocalClock clock(FindZone("America/New_York").value());
  const auto at = [&clock](absl::CivilSecond civil) {
    return absl::FormatTime("%m-%dT%H:%M", absl::FromUnixSeconds(clock.At(Local(civil))), absl::UTCTimeZone());
  };
  EXPECT_EQ(at(absl::CivilSecond(2025, 3, 9, 1, 59, 0)), "03-09T06:59");
  EXPECT_EQ(at(absl::CivilSecond(2025, 3, 9, 2, 0, 0)), "03-09T07:00");
  EXPECT_EQ(at(absl::CivilSecond(2025, 3, 9, 2, 30, 0)), "03-09T07:30");
  EXPECT_EQ(at(absl::CivilSecond(2025, 3, 9, 3, 0, 0)), "03-09T07:00");
  EXPECT_EQ(at(absl::CivilSecond(2025, 11, 2, 1, 30, 0)), "11-02T05:30");
  EXPECT_EQ(at(absl::CivilSecond(2025, 11, 2, 2, 0, 0)), "11-02T07:00");
}

TEST(CivilTest, EveryZoneReadsAGapOrAnOverlapByTheOffsetBefore) {
  struct Reading {
    const char* zone;
    absl::CivilSecond local;
    const char* instant;
  };
  const Reading readings[] = {
      {"America/New_York", absl::CivilSecond(2026, 3, 8, 1, 59), "2026-03-08T06:59"},
      {"America/New_York", absl::CivilSecond(2026, 3, 8, 2, 30), "2026-03-08T07:30"},
      {"America/New_York", absl::CivilSecond(2026, 3, 8, 3, 0), "2026-03-08T07:00"},
      {"America/New_York", absl::CivilSecond(2026, 11, 1, 1, 30), "2026-11-01T05:30"},
      {"America/New_York", absl::CivilSecond(2026, 11, 1, 2, 0), "2026-11-01T07:00"},
      // Half an hour: from +10:30 to +11:00, and back.
      {"Australia/Lord_Howe", absl::CivilSecond(2026, 10, 4, 2, 15), "2026-10-03T15:45"},
      {"Australia/Lord_Howe", absl::CivilSecond(2026, 10, 4, 2, 30), "2026-10-03T15:30"},
      {"Australia/Lord_Howe", absl::CivilSecond(2026, 4, 5, 1, 45), "2026-04-04T14:45"},
      // 30 December 2011 was left out: from -10:00 to +14:00.
      {"Pacific/Apia", absl::CivilSecond(2011, 12, 29, 23, 59), "2011-12-30T09:59"},
      {"Pacific/Apia", absl::CivilSecond(2011, 12, 30, 9, 0), "2011-12-30T19:00"},
      {"Pacific/Apia", absl::CivilSecond(2011, 12, 31, 9, 0), "2011-12-30T19:00"},
      // Back by an hour for Ramadan, and forward after it.
      {"Africa/Casablanca", absl::CivilSecond(2026, 2, 15, 2, 30), "2026-02-15T01:30"},
      {"Africa/Casablanca", absl::CivilSecond(2026, 3, 22, 2, 30), "2026-03-22T02:30"},
      {"Africa/Casablanca", absl::CivilSecond(2026, 3, 22, 3, 30), "2026-03-22T02:30"},
  };
  for (const Reading& reading : readings) {
    const absl::TimeZone zone = FindZone(reading.zone).value();
    const absl::Time instant = InstantOf(reading.local, zone);
    EXPECT_EQ(absl::FormatTime("%Y-%m-%dT%H:%M", instant, absl::UTCTimeZone()), reading.instant)
        << reading.zone << " " << reading.local;
    EXPECT_EQ(LocalClock(zone).At(Local(reading.local)), absl::ToUnixSeconds(instant)) << "the plan agrees";
  }
}

TEST(CivilTest, ClocksShowTheDateAndTheMinuteOfEachZone) {
  const absl::Time first = absl::FromCivil(absl::CivilSecond(2026, 10, 31, 20, 0, 59), absl::UTCTimeZone());
  for (const char* name : {"UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"}) {
    const absl::TimeZone zone = FindZone(name).value();
    LocalClock clock(zone);
    for (absl::Time time = first; time < first + absl::Hours(30); time += absl::Minutes(7)) {
      const absl::CivilMinute shown = absl::ToCivilMinute(time, zone);
      ASSERT_EQ(MinuteOf(clock.DayAt(absl::ToUnixSeconds(time)), clock.MinuteAt(absl::ToUnixSeconds(time))), shown)
          << name;
    }
  }
}

TEST(CivilTest, AZoneWithoutChangesHasOneOffset) {
  LocalClock clock(FindZone("Etc/GMT+5").value());
  for (const int year : {1970, 2026, 2199}) {
    const absl::CivilSecond civil(year, 7, 1, 12, 0, 0);
    EXPECT_EQ(clock.At(Local(civil)), Local(civil) + 5 * 3600);
  }
}

}  // namespace
}  // namespace aftercare::plan
