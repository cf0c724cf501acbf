#include "scheduler/plan/contact_hours.h"

#include <gtest/gtest.h>

#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

ContactHours Hours(const std::string& text) {
  FieldErrors errors;
  const ContactHours hours = ContactHours::Read(FromText<v1::ContactHours>(text), "contact_hours", &errors);
  EXPECT_EQ(LinesOf(errors), std::vector<std::string>());
  return hours;
}

std::vector<std::string> Faults(const std::string& text) {
  FieldErrors errors;
  ContactHours::Read(FromText<v1::ContactHours>(text), "contact_hours", &errors);
  return LinesOf(errors);
}

std::string Next(const ContactHours& hours, const std::string& from, const char* zone = "America/New_York") {
  LocalClock clock(FindZone(zone).value());
  const int64_t begin = absl::ToUnixSeconds(Instant(from));
  const int64_t open = hours.NextOpen(begin, begin + 30 * kDaySeconds, &clock);
  return InUtc(absl::FromUnixSeconds(open));
}

TEST(ContactHoursTest, WithoutOpeningsEveryInstantIsOpen) {
  EXPECT_TRUE(Hours("").always_open());
  EXPECT_EQ(Next(Hours(""), "2025-06-02T07:00Z"), "2025-06-02T07:00Z");
}

TEST(ContactHoursTest, TheyAreThoseOfThePatientsClockOnEitherSideOfAChange) {
  const ContactHours hours = Hours("openings { opens: '10:00' closes: '16:00' }");
  EXPECT_EQ(Next(hours, "2025-03-08T05:00Z"), "2025-03-08T15:00Z");
  EXPECT_EQ(Next(hours, "2025-03-09T05:00Z"), "2025-03-09T14:00Z");  // Clocks went forward in between.
  EXPECT_EQ(Next(hours, "2025-11-02T04:00Z"), "2025-11-02T15:00Z");  // And back.
}

TEST(ContactHoursTest, WhatAClockShowsDecidesWhereItSkipsOrRepeatsATime) {
  const ContactHours skipped = Hours("openings { opens: '02:15' closes: '03:30' }");
  EXPECT_EQ(Next(skipped, "2025-03-09T06:00Z"), "2025-03-09T07:00Z");  // 03:00, the first that is shown.
  const ContactHours vanished = Hours("openings { opens: '02:15' closes: '02:45' }");
  EXPECT_EQ(Next(vanished, "2025-03-09T06:00Z"), "2025-03-10T06:15Z");  // Not shown on that day at all.
  const ContactHours repeated = Hours("openings { opens: '01:15' closes: '01:45' }");
  EXPECT_EQ(Next(repeated, "2025-11-02T05:50Z"), "2025-11-02T06:15Z");  // The second of the two.
}

TEST(ContactHoursTest, TheWeekGoesRound) {
  const ContactHours hours = Hours("openings { weekdays: WEEKDAY_MONDAY opens: '08:00' closes: '09:00' }");
  EXPECT_EQ(Next(hours, "2025-06-02T13:00Z"), "2025-06-09T12:00Z");
  EXPECT_EQ(Next(hours, "2025-06-08T23:59Z"), "2025-06-09T12:00Z");
}

TEST(ContactHoursTest, OpeningsThatTouchAreOneForWhoAsksWhenTheyEnd) {
  const ContactHours hours = Hours(
      "openings { opens: '20:00' closes: '24:00' } openings { opens: '00:00' closes: '01:00' }");
  LocalClock clock(absl::UTCTimeZone());
  const int64_t evening = absl::ToUnixSeconds(Instant("2025-06-02T21:00Z"));
  EXPECT_EQ(hours.NextClosed(evening, evening + kDaySeconds, &clock), evening + 4 * 3600);
  EXPECT_EQ(hours.NextClosed(evening, evening + 3600, &clock), evening + 3600);
}

TEST(ContactHoursTest, EveryFaultIsNamed) {
  EXPECT_EQ(Faults("openings { opens: '8' closes: '25:00' }"),
            (std::vector<std::string>{"contact_hours.openings[0].opens must be a time of day, HH:MM",
                                      "contact_hours.openings[0].closes must be a time of day, HH:MM, or 24:00"}));
  EXPECT_EQ(Faults("openings { opens: '24:00' closes: '24:00' }").size(), 1u);
  EXPECT_EQ(Faults("openings { opens: '10:00' closes: '10:00' }"),
            (std::vector<std::string>{"contact_hours.openings[0].closes must be later than opens; contact hours that "
                                      "never open reach nobody"}));
  EXPECT_EQ(Faults("openings { opens: '10:00' closes: '12:00' weekdays: [WEEKDAY_UNSPECIFIED, WEEKDAY_UNSPECIFIED, WEEKDAY_MONDAY, WEEKDAY_MONDAY] }"),
            (std::vector<std::string>{"contact_hours.openings[0].weekdays[0] must be a day of the week",
                                      "contact_hours.openings[0].weekdays[1] must be a day of the week",
                                      "contact_hours.openings[0].weekdays[3] must not be named twice"}));
  std::string many;
  for (int i = 0; i < 51; ++i) many += "openings { opens: '10:00' closes: '12:00' }";
  EXPECT_EQ(Faults(many).front(), "contact_hours.openings must have at most 50");
}

TEST(ContactHoursTest, OpeningsMayTouchAndMustNotOverlapOnADay) {
  EXPECT_EQ(Faults("openings { opens: '08:00' closes: '12:00' } openings { opens: '12:00' closes: '13:00' }").size(), 0u);
  EXPECT_EQ(Faults("openings { opens: '08:00' closes: '12:00' weekdays: WEEKDAY_MONDAY } "
                   "openings { opens: '08:00' closes: '13:00' weekdays: WEEKDAY_TUESDAY }")
                .size(),
            0u);
  EXPECT_EQ(Faults("openings { opens: '08:00' closes: '12:00' weekdays: WEEKDAY_MONDAY } "
                   "openings { opens: '11:59' closes: '13:00' }"),
            (std::vector<std::string>{"contact_hours.openings[1] must not be open at the same time as one before it"}));
}

TEST(ContactHoursTest, TheyAreWrittenForPeople) {
  EXPECT_EQ(Hours("").Text(), "always");
  EXPECT_EQ(Hours("openings { opens: '10:00' closes: '16:00' }").Text(), "10:00-16:00");
  EXPECT_EQ(Hours("openings { weekdays: [WEEKDAY_MONDAY, WEEKDAY_TUESDAY, WEEKDAY_WEDNESDAY, WEEKDAY_THURSDAY, WEEKDAY_FRIDAY] opens: '10:00' closes: '12:00' } "
                  "openings { weekdays: [WEEKDAY_MONDAY, WEEKDAY_TUESDAY, WEEKDAY_WEDNESDAY, WEEKDAY_THURSDAY, WEEKDAY_FRIDAY] opens: '13:00' closes: '24:00' } "
                  "openings { weekdays: WEEKDAY_SUNDAY opens: '10:00' closes: '12:00' }")
                .Text(),
            "Mon-Fri 10:00-12:00 and 13:00-24:00, Sun 10:00-12:00");
}

}  // namespace
}  // namespace aftercare::plan
