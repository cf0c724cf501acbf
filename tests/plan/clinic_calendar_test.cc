#include "scheduler/plan/clinic_calendar.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

std::vector<std::string> Faults(const std::string& text) {
  FieldErrors errors;
  ReadCalendar(FromText<v1::Clinic>(text), &errors);
  return LinesOf(errors);
}

TEST(ClinicCalendarTest, DaysAreClosedByWeekdayOrByDate) {
  FieldErrors errors;
  const ClosedDays closed = ClosedDays::Read(
      FromText<v1::Clinic>("closed_weekdays: WEEKDAY_SUNDAY holidays { date: '2026-12-25' display_name: 'Christmas' }"),
      &errors);
  const auto on = [&](const char* date) { return closed.On(DayNumber(ParseDate(date).value())); };
  EXPECT_EQ(on("2026-12-24"), ClosedDays::Why::kOpen);
  EXPECT_EQ(on("2026-12-25"), ClosedDays::Why::kHoliday);
  EXPECT_EQ(on("2026-12-27"), ClosedDays::Why::kWeekday);
  EXPECT_EQ(closed.HolidayName(DayNumber(ParseDate("2026-12-25").value())), "Christmas");
  EXPECT_EQ(closed.HolidayName(DayNumber(ParseDate("2026-12-26").value())), "");
  EXPECT_TRUE(ClosedDays().none());
  EXPECT_FALSE(closed.none());
}

TEST(ClinicCalendarTest, OneDayOfTheWeekMustBeOpen) {
  std::string days;
  for (const char* day : {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"}) {
    absl::StrAppend(&days, "closed_weekdays: WEEKDAY_", day, " ");
  }
  EXPECT_EQ(Faults(days).size(), 0u);
  EXPECT_EQ(Faults(days + "closed_weekdays: WEEKDAY_SUNDAY"),
            (std::vector<std::string>{"closed_weekdays must leave one day of the week on which the clinic is open"}));
  EXPECT_EQ(FieldsOf([] {
              FieldErrors errors;
              ClosedDays::Read(FromText<v1::Clinic>("closed_weekdays: [WEEKDAY_UNSPECIFIED, WEEKDAY_MONDAY, "
                                                    "WEEKDAY_MONDAY]"),
                               &errors);
              return errors;
            }()),
            (std::vector<std::string>{"closed_weekdays[0]", "closed_weekdays[2]"}));
}

TEST(ClinicCalendarTest, HolidaysAreDatesThatExistInOrder) {
  EXPECT_EQ(Faults("holidays { date: '2027-02-29' } holidays { date: '2027-05-01' } holidays { date: '2027-05-01' } "
                   "holidays { date: '2027-04-30' display_name: '\\001' }"),
            (std::vector<std::string>{
                "holidays[0].date must be a date, YYYY-MM-DD, from 1970-01-01 to 2199-12-31; there is no '2027-02-29'",
                "holidays[2].date must be later than the date before it",
                "holidays[3].display_name must be valid UTF-8 without control characters",
                "holidays[3].date must be later than the date before it"}));
}

TEST(ClinicCalendarTest, HolidaysAreFiveHundredAtMost) {
  std::string many;
  for (int i = 0; i < 501; ++i) {
    absl::StrAppend(&many, "holidays { date: '", FormatDate(absl::CivilDay(2026, 1, 1) + i), "' } ");
  }
  EXPECT_EQ(Faults(many), std::vector<std::string>{"holidays must have at most 500"});
}

}  // namespace
}  // namespace aftercare::plan
