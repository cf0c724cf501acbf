#include "scheduler/plan/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TextFacts SomeFacts(absl::string_view locale) {
  TextFacts facts;
  facts.first_name = "Ada";
  facts.last_name = "Byron";
  facts.clinic_name = "North Clinic";
  facts.clinic_phone = "555-0100";
  facts.phase = "Early recovery";
  facts.locale = locale;
  facts.due = absl::CivilMinute(2026, 3, 5, 9, 0);
  facts.procedure_date = absl::CivilDay(2026, 2, 25);
  facts.visit = "6-month visit";
  facts.visit_date = absl::CivilDay(2026, 8, 25);
  facts.visit_time = absl::CivilMinute(2026, 8, 25, 14, 30);
  return facts;
}

std::string Rendered(absl::string_view source, const TextFacts& facts) {
  const absl::StatusOr<Template> parsed = Template::Parse(source);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  if (!parsed.ok()) return "";
  std::string out;
  parsed->Render(facts, &out);
  EXPECT_LE(out.size(), parsed->MaxBytes(facts)) << source;
  return out;
}

TEST(TextTest, EveryPlaceholderIsFilledIn) {
  EXPECT_EQ(Rendered("{first_name} {last_name}, {clinic_name} {clinic_phone}: {phase}, {date} {time}, day {day}, week "
                     "{week}, since {procedure_date}; {visit} on {visit_date} at {visit_time}.",
                     SomeFacts("en")),
            "Ada Byron, North Clinic 555-0100: Early recovery, March 5 9:00 AM, day 8, week 2, since February 25; "
            "6-month visit on August 25 at 2:30 PM.");
}

TEST(TextTest, DatesAndTimesFollowTheLanguageOfTheText) {
  const char* const source = "{date}|{time}|{procedure_date}|{visit_date}|{visit_time}";
  EXPECT_EQ(Rendered(source, SomeFacts("en-GB")), "March 5|9:00 AM|February 25|August 25|2:30 PM");
  EXPECT_EQ(Rendered(source, SomeFacts("es-MX")), "5 de marzo|09:00|25 de febrero|25 de agosto|14:30");
  EXPECT_EQ(Rendered(source, SomeFacts("fr")), "2026-03-05|09:00|2026-02-25|2026-08-25|14:30");
}

TEST(TextTest, AVisitWithoutAnAppointmentHasADateButNoTime) {
  TextFacts facts = SomeFacts("en");
  facts.visit_time.reset();
  EXPECT_EQ(Rendered("{visit}: {visit_date}{visit_time}", facts), "6-month visit: August 25");
}

TEST(TextTest, AZoneIsNamedByItsCityInTheWayOfTheLanguage) {
  TextFacts facts = SomeFacts("en-GB");
  facts.visit_time_zone = "America/New_York";
  EXPECT_EQ(Rendered("{visit_date} {visit_time}", facts), "August 25 2:30 PM, New York time");
  facts.visit_date_zone = "America/Argentina/Buenos_Aires";
  EXPECT_EQ(Rendered("{visit_date}", facts), "August 25, Buenos Aires time");
  facts.locale = "es-MX";
  EXPECT_EQ(Rendered("{visit_date}|{visit_time}", facts),
            "25 de agosto, hora de Buenos Aires|14:30, hora de New York");
  facts.locale = "fr";
  EXPECT_EQ(Rendered("{visit_date}|{visit_time}", facts), "2026-08-25 (Buenos Aires)|14:30 (New York)");
  facts.visit_time.reset();
  EXPECT_EQ(Rendered("a{visit_time}", facts), "a");
}

TEST(TextTest, ZonesWithoutACityAreNamedAsPeopleDo) {
  EXPECT_EQ(LocalizedZone("", "en"), "");
  EXPECT_EQ(LocalizedZone("UTC", "en"), ", UTC time");
  EXPECT_EQ(LocalizedZone("US/Eastern", "en"), ", Eastern time");
  // Five hours behind Greenwich, although the zone database writes a plus.
  EXPECT_EQ(LocalizedZone("Etc/GMT+5", "en"), ", GMT-5 time");
  EXPECT_EQ(LocalizedZone("Etc/GMT-14", "es"), ", hora de GMT+14");
  EXPECT_EQ(LocalizedZone("America/Port-au-Prince", "fr"), " (Port-au-Prince)");
}

TEST(TextTest, ATextTellsWhetherItHasTheTimeOfAVisit) {
  EXPECT_TRUE(Template::Parse("{visit_date} {visit_time}")->TellsVisitTime());
  EXPECT_FALSE(Template::Parse("{visit_date} {time} {{visit_time}}")->TellsVisitTime());
}

TEST(TextTest, ATextTellsWhetherItSpeaksOfAVisit) {
  EXPECT_EQ(Template::Parse("On {date}: {{visit}}")->VisitPlaceholder(), "");
  EXPECT_EQ(Template::Parse("{date} {visit}")->VisitPlaceholder(), "{visit}");
  EXPECT_EQ(Template::Parse("{visit_date} {visit}")->VisitPlaceholder(), "{visit_date}");
  EXPECT_EQ(Template::Parse("{visit_time}")->VisitPlaceholder(), "{visit_time}");
}

TEST(TextTest, EnglishTimesHaveTwelveHours) {
  EXPECT_EQ(LocalizedTime(absl::CivilMinute(2026, 1, 1, 0, 5), "en"), "12:05 AM");
  EXPECT_EQ(LocalizedTime(absl::CivilMinute(2026, 1, 1, 12, 0), "en"), "12:00 PM");
  EXPECT_EQ(LocalizedTime(absl::CivilMinute(2026, 1, 1, 23, 59), "en"), "11:59 PM");
}

TEST(TextTest, WeekNIsDaysUpToSevenN) {
  TextFacts facts = SomeFacts("en");
  const auto week_on_day = [&facts](int day) {
    facts.due = absl::CivilMinute(facts.procedure_date + day) + 9 * 60;
    return Rendered("{week}", facts);
  };
  EXPECT_EQ(week_on_day(0), "1");
  EXPECT_EQ(week_on_day(1), "1");
  EXPECT_EQ(week_on_day(7), "1");
  EXPECT_EQ(week_on_day(8), "2");
  EXPECT_EQ(week_on_day(365), "53");
}

TEST(TextTest, DoubledBracesAreBraces) {
  EXPECT_EQ(Rendered("{{first_name}} {{}} {first_name}", SomeFacts("en")), "{first_name} {} Ada");
  EXPECT_EQ(Rendered("{{{first_name}}}", SomeFacts("en")), "{Ada}");
}

TEST(TextTest, ValuesAreNotExpandedAgain) {
  TextFacts facts = SomeFacts("en");
  facts.first_name = "{last_name}";
  facts.clinic_name = "}{";
  EXPECT_EQ(Rendered("{first_name} of {clinic_name}", facts), "{last_name} of }{");
}

TEST(TextTest, AnEmptyValueLeavesNoGap) {
  TextFacts facts = SomeFacts("en");
  facts.last_name = "";
  EXPECT_EQ(Rendered("{first_name} {last_name} missed it.", facts), "Ada missed it.");
  EXPECT_EQ(Rendered("a  b {first_name}  c", facts), "a  b Ada  c");
}

TEST(TextTest, TheValuesAreThoseOfThePlaceholdersInTheOrderOfTheText) {
  TextFacts facts = SomeFacts("en");
  facts.last_name = "";
  const auto parsed = Template::Parse("{{day}} {time}, {first_name} {last_name} {first_name}: {visit_date}.");
  EXPECT_THAT(parsed->Values(facts), ElementsAre("9:00 AM", "Ada", "", "Ada", "August 25"));
  EXPECT_THAT(Template::Parse("No placeholder")->Values(facts), IsEmpty());
}

TEST(TextTest, ATextIsFilledWithItsValuesAsItWasRendered) {
  TextFacts facts = SomeFacts("es");
  for (const char* last_name : {"", " ", "Byron", "{day}"}) {
    facts.last_name = last_name;
    for (const char* source : {"", "Hi", "{last_name}", "{first_name} {last_name} {visit_time}", "A {last_name} {{b}} ",
                               "{last_name} {last_name} {date}", "a  {last_name}  {clinic_phone}"}) {
      const auto parsed = Template::Parse(source);
      std::string filled;
      parsed->Fill(parsed->Values(facts), &filled);
      EXPECT_EQ(filled, Rendered(source, facts));
    }
  }
}

TEST(TextTest, MissingValuesCountAsEmptyAndOthersAreIgnored) {
  const auto parsed = Template::Parse("{first_name} {last_name}.");
  std::string text;
  parsed->Fill({}, &text);
  parsed->Fill({"Ada"}, &text);
  parsed->Fill({"Ada", "Byron", "Lovelace"}, &text);
  EXPECT_EQ(text, " .Ada .Ada Byron.");
}

TEST(TextTest, RenderingAppends) {
  std::string out = "So: ";
  Template::Parse("{first_name}")->Render(SomeFacts("en"), &out);
  EXPECT_EQ(out, "So: Ada");
}

TEST(TextTest, UnknownPlaceholdersAreRefusedByName) {
  EXPECT_THAT(std::string(Template::Parse("Dear {name}").status().message()), HasSubstr("{name}"));
  for (const char* bad : {"{}", "{ first_name }", "{First_name}", "{first_name:>10}", "{day }"}) {
    EXPECT_FALSE(Template::Parse(bad).ok()) << bad;
  }
}

TEST(TextTest, UnmatchedBracesAreRefused) {
  for (const char* bad : {"{", "}", "a { b", "a } b", "{first_name", "first_name}", "{{{", "}}}", "{first{name}}",
                          "{{first_name}"}) {
    EXPECT_FALSE(Template::Parse(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace aftercare::plan
