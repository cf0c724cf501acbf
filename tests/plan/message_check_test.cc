#include "scheduler/plan/message_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kHead[] = R"(
    display_name: "P" default_locale: "en"
    factors { id: "f" values: [ "a", "b" ] }
    factors { id: "g" values: [ "x", "y" ] }
    visits { id: "v" display_name: "Visit" target { days: 10 } }
    phases { id: "p" display_name: "Phase" span { days { first: 0 last: 20 } } } )";

// A rule of the pathway. `more` is in text format.
std::string Rule(const std::string& id, const std::string& schedule, const std::string& more = "",
                 const std::string& text = "Text") {
  return absl::StrCat("rules { id: '", id, "' phase: 'p' category: 'c' schedule { ", schedule, " } ", more,
                      " texts { key: 'en' value: '", text, "' } } ");
}

std::shared_ptr<const CompiledPathway> PathwayOf(const std::string& rules) {
  return CompileGood(FromText<v1::Pathway>(kHead + rules));
}

ContactHours Hours(const std::string& text) {
  FieldErrors errors;
  ContactHours hours = ContactHours::Read(FromText<v1::ContactHours>(text), "h", &errors);
  EXPECT_TRUE(errors.empty());
  return hours;
}

std::vector<std::string> LongTexts(const std::string& rules, size_t most = 100) {
  const auto pathway = PathwayOf(rules);
  std::vector<std::string> lines;
  for (const LongText& text : FindLongTexts(*pathway, most)) {
    lines.push_back(absl::StrCat(text.discreet ? "discreet " : "", pathway->rule_source(text.rule).id(), " ",
                                 text.locale, " ", text.size.parts, " ", absl::StrJoin(text.size.not_gsm7, "")));
  }
  return lines;
}

TEST(MessageCheckTest, ATextOfSeveralPartsIsFoundWithNamesAndDatesFilledIn) {
  const std::string daily = "daily {} times: '09:00'";
  EXPECT_THAT(LongTexts(Rule("r", daily, "", std::string(160, 'a'))), IsEmpty());
  EXPECT_THAT(LongTexts(Rule("r", daily, "", std::string(161, 'a'))), ElementsAre("r en 2 "));
  // Margaret and Riverside Knee Clinic have 29 letters, their placeholders 25.
  EXPECT_THAT(LongTexts(Rule("r", daily, "", "{first_name}{clinic_name}" + std::string(131, 'a'))), IsEmpty());
  EXPECT_THAT(LongTexts(Rule("r", daily, "", "{first_name}{clinic_name}" + std::string(132, 'a'))),
              ElementsAre("r en 2 "));
  const std::string visit = "visit { visit: 'v' state: VISIT_STATE_BOOKED }";
  EXPECT_THAT(LongTexts(Rule("r", "on {} times: '09:00'", visit, "{visit_date} {visit_time}" + std::string(139, 'a'))),
              IsEmpty());
  EXPECT_THAT(LongTexts(Rule("r", "on {} times: '09:00'", visit, "{visit_date} {visit_time}" + std::string(140, 'a'))),
              ElementsAre("r en 2 "));
}

TEST(MessageCheckTest, TheCharactersThatHalveAPartAreNamed) {
  const std::string spanish = "texts { key: 'es-MX' value: '" + std::string(69, 'a') + "\u00ED\u00F3' }";
  EXPECT_THAT(LongTexts(Rule("r", "daily {} times: '09:00'", spanish)), ElementsAre("r es-MX 2 \u00ED\u00F3"));
}

TEST(MessageCheckTest, TextsWithoutHealthInformationAreMeasuredToo) {
  const std::string discreet = "discreet_texts { key: 'en' value: '" + std::string(161, 'a') + "' }";
  EXPECT_THAT(LongTexts(Rule("r", "daily {} times: '09:00'", discreet)), ElementsAre("discreet r en 2 "));
}

TEST(MessageCheckTest, TasksAreNoMessagesAndTheListIsCut) {
  const std::string text(161, 'a');
  EXPECT_THAT(LongTexts(Rule("r", "daily {} times: '09:00'", "audience: AUDIENCE_CARE_TEAM", text)), IsEmpty());
  const std::string two = Rule("r", "daily {} times: '09:00'", "", text) + Rule("s", "on {} times: '09:00'", "", text);
  EXPECT_EQ(LongTexts(two, 1).size(), 1u);
}

std::vector<std::string> Suppressed(const std::string& rules, const ContactHours& hours, size_t most = 100) {
  const auto pathway = PathwayOf(rules);
  std::vector<std::string> lines;
  for (const TimeOfRule& time : FindAlwaysSuppressed(*pathway, hours, most)) {
    lines.push_back(absl::StrCat(pathway->rule_source(time.rule).id(), " ", time.minute / 60));
  }
  return lines;
}

TEST(MessageCheckTest, WhatNoOpeningLetsOutIsFound) {
  const ContactHours hours = Hours("openings { weekdays: [ WEEKDAY_MONDAY ] opens: '10:00' closes: '16:00' }");
  EXPECT_THAT(Suppressed(Rule("r", "daily {} times: ['08:00', '12:00', '16:00'] window { until: '18:00' }"), hours),
              ElementsAre("r 16"));
  EXPECT_THAT(Suppressed(Rule("r", "daily {} times: '08:00' window { until: '10:00' }"), hours), ElementsAre("r 8"));
  EXPECT_THAT(Suppressed(Rule("r", "daily {} times: '08:00' window { until: '10:01' }"), hours), IsEmpty());
  EXPECT_THAT(Suppressed(Rule("r", "daily {} times: '16:00'"), ContactHours()), IsEmpty());
  EXPECT_THAT(Suppressed(Rule("r", "daily {} times: '16:00'", "audience: AUDIENCE_CARE_TEAM"), hours), IsEmpty());
}

TEST(MessageCheckTest, ARuleForOtherWeekdaysThanTheOpeningsIsSuppressedUnlessItsWindowReachesOne) {
  const ContactHours hours = Hours("openings { weekdays: [ WEEKDAY_MONDAY ] opens: '10:00' closes: '16:00' }");
  const std::string sunday = "weekly { weekdays: WEEKDAY_SUNDAY } times: '12:00' ";
  EXPECT_THAT(Suppressed(Rule("r", sunday), hours), ElementsAre("r 12"));
  EXPECT_THAT(Suppressed(Rule("r", sunday + "window { days: 1 }"), hours), IsEmpty());
  EXPECT_EQ(Suppressed(Rule("r", sunday) + Rule("s", sunday), hours, 1).size(), 1u);
}

std::vector<std::string> Busy(const std::string& rules, size_t most = 100) {
  const auto pathway = PathwayOf(rules);
  std::vector<std::string> lines;
  for (const BusyDays& days : FindBusyDays(*pathway, most)) {
    std::string line = absl::StrCat(days.first, "-", days.last, ": ", days.messages);
    for (const int rule : days.rules) absl::StrAppend(&line, " ", pathway->rule_source(rule).id());
    lines.push_back(line);
  }
  return lines;
}

constexpr char kFive[] = "times: ['08:00', '09:00', '10:00', '11:00', '12:00']";

TEST(MessageCheckTest, DaysWithMoreThanFiveMessagesAreFoundAsRuns) {
  const std::string five = Rule("five", absl::StrCat("daily {} ", kFive));
  EXPECT_THAT(Busy(five), IsEmpty());
  EXPECT_THAT(Busy(five + Rule("one", "span { days { first: 2 last: 4 } } daily {} times: '18:00'")),
              ElementsAre("2-4: 6 five one"));
  EXPECT_THAT(Busy(five + Rule("one", "on { days: 3 } on { days: 5 } times: '18:00'")),
              ElementsAre("3-3: 6 five one", "5-5: 6 five one"));
  EXPECT_EQ(Busy(five + Rule("one", "on { days: 3 } on { days: 5 } times: '18:00'"), 1).size(), 1u);
  EXPECT_THAT(Busy(five + Rule("task", "daily {} times: '18:00'", "audience: AUDIENCE_CARE_TEAM")), IsEmpty());
}

TEST(MessageCheckTest, OnlyWhatOnePatientCanGetCounts) {
  const std::string five = Rule("five", absl::StrCat("on {} ", kFive), "conditions { factor: 'f' values: 'a' }");
  const std::string on = "on {} times: '18:00'";
  EXPECT_THAT(Busy(five + Rule("one", on, "conditions { factor: 'f' values: 'b' }")), IsEmpty());
  EXPECT_THAT(Busy(five + Rule("one", on, "conditions { factor: 'g' values: 'x' }") +
                   Rule("two", on, "conditions { factor: 'g' values: 'y' }") +
                   Rule("both", on, "conditions { factor: 'g' values: ['x', 'y'] }")),
              ElementsAre("0-0: 7 five one both"));
}

// On a Tuesday in the fourth week only, whatever day that is.
TEST(MessageCheckTest, WeekdaysMeetOnSomeProcedureDate) {
  const std::string rules = Rule("five", absl::StrCat("on { days: 3 } ", kFive)) +
                            Rule("one", "weekly { weekdays: WEEKDAY_TUESDAY } times: '18:00'");
  EXPECT_THAT(Busy(rules), ElementsAre("3-3: 6 five one"));
}

TEST(MessageCheckTest, WhatAsksToBookAVisitCountsFromItsTarget) {
  const std::string five = Rule("five", absl::StrCat("on { days: 8 } ", kFive));
  const std::string on = "on { days: -2 } times: '18:00'";
  EXPECT_THAT(Busy(five + Rule("book", on, "visit { visit: 'v' state: VISIT_STATE_UNBOOKED }")),
              ElementsAre("8-8: 6 five book"));
  EXPECT_THAT(Busy(five + Rule("booked", on, "visit { visit: 'v' state: VISIT_STATE_BOOKED }")), IsEmpty());
}

// The work is bounded: many rules, each for patients of its own.
TEST(MessageCheckTest, ManyConditionsOnOneDayEndInTime) {
  std::string rules;
  for (int i = 0; i < 200; ++i) {
    const char* f = i % 2 == 0 ? "a" : "b";
    const char* g = i % 4 < 2 ? "x" : "y";
    rules += Rule(absl::StrCat("r", i), "on {} times: '09:00'",
                  absl::StrCat("conditions { factor: 'f' values: '", f, "' } conditions { factor: 'g' values: '", g,
                               "' }"));
  }
  const auto pathway = PathwayOf(rules);
  EXPECT_EQ(FindBusyDays(*pathway, 9).at(0).messages, 50);
}

}  // namespace
}  // namespace aftercare::plan
