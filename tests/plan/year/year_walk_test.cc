// What the walk over a year says of small pathways, case by case.
#include "scheduler/plan/year/year_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/plan/year/year_testing.h"

namespace aftercare::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kHead[] = R"(
    display_name: "P" default_locale: "en"
    factors { id: "f" values: [ "a", "b", "c" ] default_value: "c" }
    factors { id: "g" values: [ "x", "y" ] }
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

YearOptions Options(int dates = 7) {
  YearOptions options;
  options.first_date = absl::CivilDay(2027, 3, 1);
  options.dates = dates;
  return options;
}

std::vector<std::string> Broken(const std::string& rules, const YearOptions& options = Options()) {
  const auto pathway = PathwayOf(rules);
  return BrokenLines(*pathway, WalkYear(*pathway, options));
}

constexpr char kDaily[] = "daily {} times: '09:00'";

TEST(YearWalkTest, CountsEveryCombinationAlsoWithFactorsLeftOut) {
  const auto pathway = PathwayOf(Rule("r", kDaily) + Rule("s", kDaily, "conditions { factor: 'f' values: 'a' }"));
  const YearReport report = WalkYear(*pathway, Options());
  EXPECT_EQ(report.combinations, 9) << "f has a default, g has none";
  EXPECT_EQ(report.walked_combinations, 9);
  EXPECT_EQ(report.kinds, 2);
  EXPECT_EQ(report.walked_dates, 7);
  EXPECT_EQ(report.years, 1) << "days and weeks are alike from every date";
  EXPECT_THAT(report.stories, ElementsAre(VisitStory::kNotBooked));
}

TEST(YearWalkTest, TheHeaviestDayIsThatOfTheWorstPatientWithItsSafetyMessages) {
  const auto pathway = PathwayOf("safety_categories: 'safe' " + Rule("r", kDaily) +
                                 Rule("s", "on { days: 4 } times: ['10:00', '11:00']",
                                      "conditions { factor: 'f' values: 'b' } conditions { factor: 'g' values: 'y' }") +
                                 "rules { id: 'call' phase: 'p' category: 'safe' schedule { on { days: 4 } "
                                 "times: '12:00' } texts { key: 'en' value: 'Call' } }");
  const YearReport report = WalkYear(*pathway, Options());
  const Load& day = report.heaviest_day;
  EXPECT_EQ(day.messages, 4);
  EXPECT_EQ(day.safety, 1);
  EXPECT_EQ(day.parts, 4);
  EXPECT_EQ(day.first_day, 4);
  EXPECT_THAT(day.rules, ElementsAre(0, 1, 1, 2));
  EXPECT_EQ(FactorsOf(*pathway, day.patient), "f=b g=y");
  EXPECT_EQ(report.heaviest_week.messages, 10);
  EXPECT_EQ(report.heaviest_year.messages, 24);
}

TEST(YearWalkTest, PartsAreThoseOfTheLanguageThatTakesMost) {
  const auto pathway = PathwayOf(
      Rule("long", kDaily, "texts { key: 'es' value: 'Corto' }", std::string(161, 'a')) +
      Rule("other", "on { days: 3 } times: '12:00'",
           absl::StrCat("texts { key: 'es' value: '", std::string(400, 'b'), "' }")));
  const YearReport report = WalkYear(*pathway, Options());
  EXPECT_EQ(report.heaviest_day.messages, 2);
  EXPECT_EQ(report.heaviest_day.parts, 4);
  EXPECT_EQ(report.heaviest_day.locale, "es");
  EXPECT_EQ(report.heaviest_year.parts, 2 * 21 + 1);
  EXPECT_EQ(report.heaviest_year.locale, "en");
}

TEST(YearWalkTest, ACapThatIsReachedHoldsAndOneThatIsExceededBreaksOnEachOfItsDays) {
  const std::string rules =
      Rule("r", kDaily) + Rule("s", "on { days: 3 } on { days: 4 } on { days: 9 } times: '12:00'");
  EXPECT_THAT(Broken("message_cap { per_day: 2 per_week: 10 } " + rules), IsEmpty());
  const auto pathway = PathwayOf("message_cap { per_day: 1 per_week: 9 } " + rules);
  const YearReport report = WalkYear(*pathway, Options());
  ASSERT_THAT(BrokenLines(*pathway, report), ElementsAre("daily cap", "weekly cap"));
  EXPECT_THAT(report.broken[0].days, ElementsAre(3, 4, 9));
  EXPECT_EQ(report.broken[0].count, 2);
  EXPECT_EQ(report.broken[0].limit, 1);
  EXPECT_THAT(report.broken[0].rules, ElementsAre(0, 1));
  EXPECT_EQ(report.broken[0].combinations, 9);
  EXPECT_EQ(report.broken[1].count, 10);
  EXPECT_EQ(report.broken[1].last_day, report.broken[1].first_day + 6);
}

// A task is no message, whatever its number.
TEST(YearWalkTest, TasksCountForNothing) {
  const std::string task = Rule("task", "daily {} times: ['09:00', '10:00'] window { until: '10:01' }",
                                "audience: AUDIENCE_CARE_TEAM");
  EXPECT_THAT(Broken("message_cap { per_day: 1 } " + Rule("r", kDaily) + task), IsEmpty());
  EXPECT_THAT(Broken(task), ElementsAre("phase p"));
}

TEST(YearWalkTest, ASafetyMessageCountsForACap) {
  EXPECT_THAT(Broken("safety_categories: 'c' message_cap { per_day: 1 } " +
                     Rule("r", "daily {} times: ['09:00', '10:00']")),
              ElementsAre("daily cap"));
}

// The hour from 02:00 on is skipped on 14 March 2027 in New York, so that the window is half an hour.
TEST(YearWalkTest, AWindowThatAChangeOfClocksShortensIsFoundOnItsDay) {
  const auto pathway = PathwayOf(Rule("r", "daily {} times: '01:30' window { until: '03:00' }"));
  const YearReport report = WalkYear(*pathway, Options());
  ASSERT_THAT(BrokenLines(*pathway, report), ElementsAre("open window r"));
  EXPECT_EQ(report.broken[0].count, 30);
  EXPECT_EQ(report.broken[0].limit, 60);
  EXPECT_EQ(FormatMinute(*report.broken[0].nominal), "2027-03-14T01:30");
  EXPECT_EQ(report.broken[0].patient.zone, "America/New_York");
  YearOptions elsewhere = Options();
  elsewhere.zones = {"Asia/Kolkata"};
  EXPECT_THAT(BrokenLines(*pathway, WalkYear(*pathway, elsewhere)), IsEmpty());
}

TEST(YearWalkTest, ContactHoursMoveMessagesTogetherAndShutOthersOut) {
  YearOptions options = Options();
  options.hours = HoursOf("10:00", "18:00");
  const std::string moved = Rule("late", "on { days: 2 } times: '20:00' window { days: 1 }") + Rule("r", kDaily);
  EXPECT_THAT(Broken("message_cap { per_day: 1 } " + moved, options), ElementsAre("daily cap"));
  EXPECT_THAT(Broken("message_cap { per_day: 2 } " + moved, options), IsEmpty());
  EXPECT_THAT(Broken(Rule("r", kDaily) + Rule("never", "daily {} times: '18:00' window { until: '20:00' }"), options),
              ElementsAre("contact hours never"));
}

TEST(YearWalkTest, WhatDependsOnAnswersFillsNoPhase) {
  const std::string question = Rule("q", kDaily, "answer: ANSWER_KIND_SCORE");
  const std::string other = "phases { id: 'o' display_name: 'Other' span { days { first: 3 last: 9 } } } ";
  const std::string in_other = "rules { id: 'r' phase: 'o' category: 'c' schedule { daily {} times: '12:00' } "
                               "texts { key: 'en' value: 'Text' } ";
  EXPECT_THAT(Broken(other + question + in_other + "}"), IsEmpty());
  EXPECT_THAT(Broken(other + question + in_other + "observed { answers { rules: 'q' score_at_least: 5 } } }"),
              ElementsAre("phase o"));
}

// The hours let the second call out, but not the question.
TEST(YearWalkTest, AFollowUpNeedsAQuestionThatWasSent) {
  const std::string group = "groups { id: 'q' } ";
  const std::string question = Rule("ask", "on { days: 3 } times: '19:00' window { until: '21:00' }",
                                    "group: 'q' answer: ANSWER_KIND_SCORE");
  const std::string follow_up = Rule("again", "on { days: 4 } times: '12:00'",
                                     "group: 'q' follow_up: true answer: ANSWER_KIND_SCORE");
  EXPECT_THAT(Broken(group + question + follow_up), IsEmpty());
  YearOptions options = Options();
  options.hours = HoursOf("10:00", "18:00");
  EXPECT_THAT(Broken(group + Rule("r", kDaily) + question + follow_up, options),
              ElementsAre("contact hours ask", "question again"));
}

// A message three months before a visit is none to a patient who books two months ahead, which is no fault.
TEST(YearWalkTest, AVisitNeedsAReminderInItsLastWeek) {
  const std::string visit = "visits { id: 'v' display_name: 'Visit' target { days: 120 } } ";
  const auto rule = [](const std::string& id, const std::string& state, int day) {
    return Rule(id, absl::StrCat("on { days: ", day, " } times: '09:00'"),
                absl::StrCat("visit { visit: 'v' state: VISIT_STATE_", state, " }"));
  };
  const std::string others = visit + Rule("r", kDaily) + rule("book", "UNBOOKED", -80);
  EXPECT_THAT(Broken(others + rule("far", "BOOKED", -90) + rule("week", "BOOKED", -7)), IsEmpty());
  EXPECT_THAT(Broken(others + rule("far", "BOOKED", -90) + rule("week", "BOOKED", -8)),
              ElementsAre("visit reminder v"));
  EXPECT_THAT(Broken(others + rule("week", "MISSED", -7)), ElementsAre("visit reminder v", "occurs week"));
}

// What asks for the visit once more comes a day after the enrollment has ended by itself.
TEST(YearWalkTest, NothingIsSentAfterThePathwayEnds) {
  const std::string rules = "visits { id: 'v' display_name: 'Visit' target { days: 15 } } " + Rule("r", kDaily) +
                            Rule("book", "on { days: -9 } times: '09:00'",
                                 "visit { visit: 'v' state: VISIT_STATE_UNBOOKED }") +
                            Rule("remind", "on { days: -1 } times: '09:00'",
                                 "visit { visit: 'v' state: VISIT_STATE_BOOKED }") +
                            Rule("again", "on { days: 10 } times: '09:00'",
                                 "visit { visit: 'v' state: VISIT_STATE_UNBOOKED }");
  EXPECT_THAT(Broken("end { days: 25 } " + rules), IsEmpty());
  EXPECT_THAT(Broken("end { days: 24 } " + rules), ElementsAre("occurs again"));
}

TEST(YearWalkTest, SilenceIsLookedForOnlyWhileAPhaseLasts) {
  const std::string phases = "phases { id: 'q' display_name: 'Later' span { days { first: 100 last: 160 } } } ";
  const std::string later = "rules { id: 'l' phase: 'q' category: 'c' schedule { on { days: 150 } times: '09:00' } "
                            "texts { key: 'en' value: 'Text' } } ";
  const auto pathway = PathwayOf(phases + Rule("r", "on {} times: '09:00'") + later);
  YearOptions options = Options();
  options.most_silent_days = 50;
  EXPECT_THAT(BrokenLines(*pathway, WalkYear(*pathway, options)), IsEmpty());
  options.most_silent_days = 49;
  const YearReport report = WalkYear(*pathway, options);
  ASSERT_THAT(BrokenLines(*pathway, report), ElementsAre("silence q"));
  EXPECT_EQ(report.broken[0].count, 50);
  EXPECT_EQ(report.broken[0].first_day, 100);
  EXPECT_EQ(report.broken[0].last_day, 149);
  EXPECT_EQ(report.phases[0].silent_days, 20);
  EXPECT_THAT(report.silent_weeks.weeks, ElementsAre(1, 2, 16, 17, 18, 19, 20, 21));
}

TEST(YearWalkTest, AQuestionnaireCountsAsAnsweredAtOnce) {
  const std::string rules =
      Rule("q1", "on { days: 3 } times: '12:00'", "answer: ANSWER_KIND_SCORE") +
      Rule("q2", "", "answer: ANSWER_KIND_SCORE reaction { rules: 'q1' answered: true }") +
      Rule("q3", "", "answer: ANSWER_KIND_SCORE reaction { rules: 'q2' answered: true }") +
      "questionnaires { id: 'all' rules: ['q1', 'q2', 'q3'] } ";
  EXPECT_THAT(Broken("message_cap { per_day: 3 } " + rules), IsEmpty());
  EXPECT_THAT(Broken("message_cap { per_day: 2 } " + rules), ElementsAre("daily cap"));
  const std::string task = "audience: AUDIENCE_CARE_TEAM reaction { questionnaire: 'all' score_at_least: 9 } ";
  EXPECT_THAT(Broken(rules + Rule("task", "", task)), IsEmpty());
}

// Three of four languages are written in both.
TEST(YearWalkTest, ATextServesThePatientsOfALanguageAndItsRegions) {
  const std::string es = "texts { key: 'es' value: 'Texto' }";
  const std::string both = es + " texts { key: 'es-MX' value: 'Texto' }";
  EXPECT_THAT(Broken(Rule("a", kDaily, both) + Rule("b", kDaily, both) + Rule("c", kDaily, es)), IsEmpty());
  EXPECT_THAT(Broken(Rule("a", kDaily, es) + Rule("b", kDaily, es) + Rule("c", kDaily)), ElementsAre("text c"));
  EXPECT_THAT(Broken(Rule("a", kDaily, es) + Rule("b", kDaily) + Rule("c", kDaily)), IsEmpty()) << "few have Spanish";
}

// Each rule is for a combination of its own, of more than anybody could walk.
TEST(YearWalkTest, OfTooManyCombinationsTheSameSomeAreWalkedAndEachRuleIsAmongThem) {
  std::string source = "display_name: 'P' default_locale: 'en' "
                       "phases { id: 'p' display_name: 'Phase' span { days { first: 0 last: 20 } } } " +
                       Rule("r", kDaily);
  for (int i = 0; i < 12; ++i) {
    absl::StrAppend(&source, "factors { id: 'f", i, "' values: ['a', 'b', 'c', 'd', 'e'] } ",
                    Rule(absl::StrCat("r", i), kDaily, absl::StrCat("conditions { factor: 'f", i, "' values: 'e' }")),
                    Rule(absl::StrCat("s", i), kDaily, absl::StrCat("conditions { factor: 'f", i, "' values: 'd' }")),
                    Rule(absl::StrCat("t", i), kDaily, absl::StrCat("conditions { factor: 'f", i, "' values: 'c' }")));
  }
  std::string all;
  for (int i = 0; i < 12; ++i) absl::StrAppend(&all, " conditions { factor: 'f", i, "' values: 'e' }");
  const auto pathway = CompileGood(FromText<v1::Pathway>(source + Rule("rare", "on {} times: '23:30'", all)));
  YearOptions options = Options(2);
  options.zones = {"UTC"};
  const YearReport report = WalkYear(*pathway, options);
  EXPECT_EQ(report.combinations, 2'176'782'336);  // 6^12, each factor also left out.
  EXPECT_GT(report.walked_combinations, 0);
  EXPECT_LT(report.walked_combinations, report.combinations);
  EXPECT_GT(report.kinds, 1000);
  EXPECT_THAT(BrokenLines(*pathway, report), Contains(testing::StartsWith("open window rare for f0=e f1=e")));
  EXPECT_EQ(WalkYear(*pathway, options).walked_combinations, report.walked_combinations);
}

TEST(YearWalkTest, WhereThereIsTooMuchToWalkDatesAreLeftOut) {
  const auto pathway = PathwayOf(Rule("r", kDaily));
  YearOptions options = Options(70);
  options.most_steps = 70 * 4 * 22 / 7;
  const YearReport report = WalkYear(*pathway, options);
  EXPECT_EQ(report.dates, 70);
  EXPECT_LT(report.walked_dates, 20);
  EXPECT_GT(report.walked_dates, 2);
}

TEST(YearWalkTest, ZonesThatAreNotKnownAreLeftOut) {
  YearOptions options = Options();
  options.zones = {"Mars/Base"};
  EXPECT_EQ(WalkYear(*PathwayOf(Rule("r", kDaily)), options).walked_dates, 0);
}

}  // namespace
}  // namespace aftercare::plan
