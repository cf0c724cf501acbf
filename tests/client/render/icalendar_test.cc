// What libical, the library behind many calendars, makes of the files; and what it would not see.
#include "services/client/render/icalendar.h"

#include <libical/ical.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

absl::Time Instant(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

v1::Visit Booked() {
  v1::Visit visit;
  visit.set_name("clinics/lakeside/enrollments/ana/visits/month-6");
  visit.set_patient("P-17");
  visit.set_display_name("6-month follow-up visit");
  visit.set_state(v1::VISIT_STATE_BOOKED);
  plan::SetTimestamp(Instant("2026-12-03T19:30:00Z"), visit.mutable_start_time());
  plan::SetTimestamp(Instant("2026-10-01T12:00:30Z"), visit.mutable_state_time());
  visit.mutable_duration()->set_seconds(2700);
  visit.set_appointment(1);
  visit.set_sequence(3);
  return visit;
}

using Component = std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)>;

// The calendar, in which libical finds no fault. What it cannot read it marks by X-LIC-ERROR properties, and what the
// standard's tables of required and allowed properties forbid is counted by icalrestriction_check.
Component Parsed(const std::string& text) {
  Component calendar(icalcomponent_new_from_string(text.c_str()), icalcomponent_free);
  EXPECT_NE(calendar, nullptr);
  EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0);
  EXPECT_EQ(icalcomponent_isa(calendar.get()), ICAL_VCALENDAR_COMPONENT);
  EXPECT_TRUE(icalrestriction_check(calendar.get()));
  EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0) << icalcomponent_as_ical_string(calendar.get());
  return calendar;
}

absl::Time TimeOf(const icaltimetype& time) {
  EXPECT_TRUE(icaltime_is_utc(time));
  return absl::FromTimeT(icaltime_as_timet(time));
}

TEST(ICalendarTest, ACalendarReadsABookedVisitAsAnEvent) {
  const Component calendar = Parsed(RenderICalendar({Booked()}));
  ASSERT_EQ(icalcomponent_count_components(calendar.get(), ICAL_VEVENT_COMPONENT), 1);
  icalcomponent* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
  EXPECT_STREQ(icalcomponent_get_uid(event), "ana.month-6@lakeside.aftercare");
  EXPECT_STREQ(icalcomponent_get_summary(event), "6-month follow-up visit, patient P-17");
  EXPECT_EQ(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
  EXPECT_EQ(TimeOf(icalcomponent_get_dtstart(event)), Instant("2026-12-03T19:30:00Z"));
  EXPECT_EQ(TimeOf(icalcomponent_get_dtend(event)), Instant("2026-12-03T20:15:00Z"));
  EXPECT_EQ(TimeOf(icalcomponent_get_dtstamp(event)), Instant("2026-10-01T12:00:30Z"));
}

TEST(ICalendarTest, AChangedVisitKeepsItsUidAndTakesTheSequenceOfTheVisit) {
  const auto event_of = [](const v1::Visit& visit) {
    const Component calendar = Parsed(RenderICalendar({visit}));
    icalcomponent* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
    return std::make_pair(std::string(icalcomponent_get_uid(event)), icalcomponent_get_sequence(event));
  };
  v1::Visit visit = Booked();
  const std::string uid = "ana.month-6@lakeside.aftercare";
  EXPECT_EQ(event_of(visit), std::make_pair(uid, 3));
  plan::SetTimestamp(Instant("2026-12-10T15:00:00Z"), visit.mutable_start_time());
  visit.set_sequence(4);
  EXPECT_EQ(event_of(visit), std::make_pair(uid, 4));
  visit.set_state(v1::VISIT_STATE_CANCELLED);
  visit.set_sequence(5);
  EXPECT_EQ(event_of(visit), std::make_pair(uid, 5));
  visit.set_appointment(2);
  visit.set_state(v1::VISIT_STATE_BOOKED);
  visit.set_sequence(6);
  EXPECT_EQ(event_of(visit), std::make_pair(uid, 6));
}

TEST(ICalendarTest, WhatWasCancelledSaysSoAndWhatHasNoAppointmentIsLeftOut) {
  v1::Visit cancelled = Booked();
  cancelled.set_state(v1::VISIT_STATE_CANCELLED);
  v1::Visit unbooked = Booked();
  unbooked.set_state(v1::VISIT_STATE_UNBOOKED);
  unbooked.set_appointment(0);
  const Component calendar = Parsed(RenderICalendar({unbooked, cancelled}));
  ASSERT_EQ(icalcomponent_count_components(calendar.get(), ICAL_VEVENT_COMPONENT), 1);
  icalcomponent* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
  EXPECT_EQ(icalcomponent_get_status(event), ICAL_STATUS_CANCELLED);
}

TEST(ICalendarTest, ACalendarWithoutVisitsIsACalendarAllTheSame) {
  EXPECT_EQ(icalcomponent_count_components(Parsed(RenderICalendar({})).get(), ICAL_VEVENT_COMPONENT), 0);
}

TEST(ICalendarTest, NamesComeBackWhateverTheyAreMadeOf) {
  for (const std::string& name :
       {std::string("Visit; with, marks\\ and \"quotes\": one"), std::string("Control de 6 meses ñ, 膝の検査 🦵"),
        std::string(100, 'x'), [] {
          std::string wide;
          for (int i = 0; i < 100; ++i) absl::StrAppend(&wide, "膝");
          return wide;
        }()}) {
    v1::Visit visit = Booked();
    visit.set_display_name(name);
    const std::string text = RenderICalendar({visit});
    const Component calendar = Parsed(text);
    icalcomponent* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
    EXPECT_EQ(icalcomponent_get_summary(event), absl::StrCat(name, ", patient P-17"));
  }
}

// libical reads more than the standard allows; other calendars may not.
TEST(ICalendarTest, LinesEndWithCrLfAndAreFoldedWithinCharacters) {
  v1::Visit visit = Booked();
  std::string name = "x";
  for (int i = 0; i < 99; ++i) absl::StrAppend(&name, "ñ");
  visit.set_display_name(name);
  const std::string text = RenderICalendar({visit});
  ASSERT_GT(text.size(), 2u);
  EXPECT_EQ(text.substr(text.size() - 2), "\r\n");
  int folded = 0;
  for (const absl::string_view line : absl::StrSplit(absl::string_view(text).substr(0, text.size() - 2), "\r\n")) {
    EXPECT_LE(line.size(), 75u) << line;
    EXPECT_EQ(line.find('\n'), absl::string_view::npos);
    EXPECT_EQ(line.find('\r'), absl::string_view::npos);
    EXPECT_FALSE(line.empty());
    if (line[0] != ' ') continue;
    ++folded;
    EXPECT_NE(static_cast<unsigned char>(line[1]) & 0xC0, 0x80) << "cut within a character";
  }
  EXPECT_GE(folded, 2);
}

TEST(ICalendarTest, ItIsWrittenLikeThis) {
  EXPECT_THAT(absl::StrSplit(RenderICalendar({Booked()}), "\r\n"),
              ElementsAre("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Aftercare//Visits//EN", "BEGIN:VEVENT",
                          "UID:ana.month-6@lakeside.aftercare", "DTSTAMP:20261001T120030Z", "SEQUENCE:3",
                          "DTSTART:20261203T193000Z", "DTEND:20261203T201500Z",
                          "SUMMARY:6-month follow-up visit\\, patient P-17", "STATUS:CONFIRMED", "CLASS:CONFIDENTIAL",
                          "END:VEVENT", "END:VCALENDAR", ""));
}

}  // namespace
}  // namespace aftercare::client
