#include "scheduler/plan/pathway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

v1::Pathway GoodPathway() {
  return FromText<v1::Pathway>(R"(
      display_name: "Knee" description: "Two\nlines" default_locale: "en"
      factors { id: "severity" values: "mild" values: "severe" default_value: "mild" }
      phases { id: "early" display_name: "Early" span { weeks { first: 1 last: 2 } } }
      phases { id: "late" display_name: "Late" span { months { first: 6 last: 12 } } }
      rules { id: "rest" phase: "early" category: "rest" schedule { daily {} times: "09:00" }
              texts { key: "en" value: "Rest, {first_name}." } texts { key: "es" value: "Descanse." }
              texts { key: "ES-mx" value: "Descansa." } }
      rules { id: "visit" phase: "late" category: "visit" audience: AUDIENCE_CARE_TEAM
              conditions { factor: "severity" values: "severe" }
              schedule { on { months: 6 } on { months: 9 days: -7 } on { months: 12 } times: "09:00" times: "10:00" }
              texts { key: "en" value: "Visit." } })");
}

std::vector<std::string> Faults(const v1::Pathway& pathway) {
  FieldErrors errors;
  const auto compiled = CompiledPathway::Compile(pathway, &errors);
  EXPECT_EQ(compiled != nullptr, errors.empty());
  return FieldsOf(errors);
}

// Faults of the good pathway after `text` is merged into its first rule.
std::vector<std::string> FaultsOfRule(const std::string& text) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(0)->MergeFrom(FromText<v1::Rule>(text));
  return Faults(pathway);
}

TEST(PathwayTest, AGoodPathwayCompiles) {
  const auto pathway = CompileGood(GoodPathway());
  ASSERT_NE(pathway, nullptr);
  EXPECT_EQ(pathway->rule_count(), 2);
  EXPECT_EQ(pathway->FindRule("visit"), 1);
  EXPECT_EQ(pathway->FindRule("nothing"), -1);
  EXPECT_EQ(pathway->FindPhase("late"), 1);
  EXPECT_EQ(pathway->FindFactor("severity"), 0);
  EXPECT_EQ(pathway->rule(1).phase, 1);
  EXPECT_EQ(pathway->rule(0).audience, v1::AUDIENCE_PATIENT);
  EXPECT_EQ(pathway->rule(1).audience, v1::AUDIENCE_CARE_TEAM);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(pathway->source(), GoodPathway()));
}

TEST(PathwayTest, AnEmptyPathwayNamesAllThatIsMissing) {
  EXPECT_THAT(Faults(v1::Pathway()), ElementsAre("display_name", "default_locale", "phases", "rules"));
}

TEST(PathwayTest, AnEmptyRuleNamesAllThatIsMissing) {
  v1::Pathway pathway = GoodPathway();
  pathway.add_rules();
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[2].id", "rules[2].category", "rules[2].phase",
                                           "rules[2].schedule.times", "rules[2].texts"));
}

TEST(PathwayTest, TheSeriesOfARuleIsItsOwnIdUnlessItNamesOne) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(1)->set_series("check-up");
  const auto compiled = CompileGood(pathway);
  EXPECT_EQ(compiled->series(0), pathway.rules(0).id());
  EXPECT_EQ(compiled->series(1), "check-up");
}

TEST(PathwayTest, ASeriesThatIsNoIdIsRefused) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(1)->set_series("Check up!");
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[1].series"));
}

// One pathway with every kind of fault; each is listed where it is, in the order of the pathway.
TEST(PathwayTest, EveryFaultOfAPathwayIsListedAtOnceWithItsPath) {
  const auto pathway = FromText<v1::Pathway>(R"(
      display_name: " " default_locale: "en"
      factors { id: "severity" values: "mild" values: "severe" default_value: "awful" }
      factors { id: "severity" values: "Mild" values: "x" values: "x" }
      phases { id: "early" display_name: "Early" span { days { first: 1 last: 14 } } }
      phases { id: "early" display_name: "Again" span { weeks { first: 0 last: 2 } } }
      phases { id: "late" display_name: "Late" span { months { first: 6 last: 12 } } }
      rules { id: "ice" phase: "early" category: "ice" schedule { daily {} times: "8:00" times: "25:00" }
              texts { key: "en" value: "Ice." } }
      rules { id: "ice" phase: "never" category: "ice" schedule { daily {} times: "09:00" }
              texts { key: "en" value: "Ice twice." } }
      rules { id: "walk" phase: "early" category: "walk" texts { key: "en" value: "Walk." }
              schedule { span { days { first: 1 last: 15 } } times: "09:00" times: "13:00" window { until: "12:00" } } }
      rules { id: "rest" phase: "early" category: "rest" schedule { daily { interval: -1 } times: "09:00" }
              texts { key: "en" value: "" } texts { key: "es" value: "Descanse, {nombre}." }
              texts { key: "fr" value: "Repos {" } texts { key: "spanish" value: "Descanse." } }
      rules { id: "visit" phase: "late" category: "visit" schedule { on { months: 13 } on { months: 9 } times: "09:00" }
              conditions { factor: "age" values: "old" } conditions { factor: "severity" values: "dire" }
              texts { key: "es" value: "Visita." } })");
  const char kValue[] = "must be 1 to 40 lower-case letters, digits, '_' and '-'";
  const std::vector<std::string> expected = {
      "display_name must not be empty",
      "factors[0].default_value must be one of the values",
      "factors[1].id must be unique; 'severity' is there already",
      absl::StrCat("factors[1].values[0] ", kValue),
      "factors[1].values[2] must not be named twice",
      "phases[1].id must be unique; 'early' is there already",
      "phases[1].span.weeks.first must be 1 to 520",
      "rules[0].schedule.times[0] must be a time of day, HH:MM",
      "rules[0].schedule.times[1] must be a time of day, HH:MM",
      "rules[1].id must be unique; 'ice' is there already",
      "rules[1].phase must be the id of one of the phases",
      "rules[2].schedule.window.until must be later than every time of the schedule",
      "rules[2].schedule.span must lie inside the rule's phase for every procedure date",
      "rules[3].schedule.daily.interval must be 1 to 366",
      "rules[3].texts[\"en\"] must not be empty",
      "rules[3].texts[\"es\"] has an unknown placeholder '{nombre}'",
      "rules[3].texts[\"fr\"] has a '{' without its partner; write '{{' for a brace",
      "rules[3].texts[\"spanish\"] must be named by a language tag such as 'en' or 'es-MX'",
      "rules[4].conditions[0].factor must be the id of one of the factors",
      "rules[4].conditions[1].values[0] must be one of the factor's values",
      "rules[4].schedule.on[0] must lie inside the rule's phase for every procedure date",
      "rules[4].schedule.on[1] must be later than the day before it in the list, for every procedure date",
      "rules[4].texts must have a text in the default locale, 'en'",
  };
  FieldErrors errors;
  EXPECT_EQ(CompiledPathway::Compile(pathway, &errors), nullptr);
  EXPECT_EQ(LinesOf(errors), expected);
}

TEST(PathwayTest, NamesAndDescriptionsAreTextWithinTheirLengths) {
  v1::Pathway pathway = GoodPathway();
  pathway.set_display_name("tab\t");
  pathway.set_description(std::string(4001, 'a'));
  pathway.mutable_factors(0)->set_display_name(std::string(101, 'a'));
  pathway.mutable_phases(0)->set_display_name("two\nlines");
  pathway.mutable_phases(1)->set_description("bell\a");
  EXPECT_THAT(Faults(pathway), ElementsAre("display_name", "description", "factors[0].display_name",
                                           "phases[0].display_name", "phases[1].description"));
}

TEST(PathwayTest, ConditionsMustNameFactorsAndValuesOfThePathway) {
  EXPECT_THAT(FaultsOfRule(R"(conditions { factor: "age" values: "old" } conditions { factor: "severity" })"),
              ElementsAre("rules[0].conditions[0].factor", "rules[0].conditions[1].values"));
}

TEST(PathwayTest, AFollowUpAndSafetyAreCompiled) {
  v1::Pathway pathway = GoodPathway();
  pathway.add_groups()->set_id("g");
  pathway.mutable_rules(0)->set_group("g");
  v1::Rule* nudge = pathway.add_rules();
  *nudge = pathway.rules(0);
  nudge->set_id("nudge");
  nudge->set_category("other");
  nudge->set_follow_up(true);
  *pathway.add_rules() = pathway.rules(1);
  pathway.mutable_rules(3)->set_id("task");
  pathway.mutable_rules(3)->set_category("rest");
  pathway.add_safety_categories("rest");
  const auto compiled = CompileGood(pathway);
  EXPECT_FALSE(compiled->rule(0).follow_up);
  EXPECT_TRUE(compiled->rule(2).follow_up);
  EXPECT_TRUE(compiled->rule(0).is_safety);
  EXPECT_FALSE(compiled->rule(1).is_safety);
  EXPECT_FALSE(compiled->rule(2).is_safety);
  EXPECT_FALSE(compiled->rule(3).is_safety) << "a task of the care team is no message";
}

TEST(PathwayTest, AFollowUpNeedsAQuestionBeforeItInItsGroup) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(0)->set_follow_up(true);
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[0].follow_up"));
  pathway.mutable_rules(0)->set_group("g");
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[0].group"));
  pathway.add_groups()->set_id("g");
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[0].follow_up"));
}

TEST(PathwayTest, SafetyCategoriesAreThoseOfMessagesEachNamedOnce) {
  v1::Pathway pathway = GoodPathway();
  for (const char* category : {"rest", "visit", "rest", "No id", "nothing"}) pathway.add_safety_categories(category);
  FieldErrors errors;
  CompiledPathway::Compile(pathway, &errors);
  EXPECT_THAT(LinesOf(errors),
              ElementsAre("safety_categories[1] must be the category of a rule for patients",
                          "safety_categories[2] must not be named twice",
                          "safety_categories[3] must be 1 to 40 lower-case letters, digits, '_' and '-', beginning "
                          "with a letter",
                          "safety_categories[4] must be the category of a rule for patients"));
  pathway.clear_safety_categories();
  for (int i = 0; i < 51; ++i) pathway.add_safety_categories("rest");
  EXPECT_EQ(Faults(pathway).front(), "safety_categories");
  EXPECT_EQ(Faults(pathway).size(), 50u);  // That, and the 49 that repeat the first.
}

TEST(PathwayTest, ANameOfInvisibleCharactersIsNoName) {
  v1::Pathway pathway = GoodPathway();
  pathway.set_display_name("\u200B");
  pathway.mutable_phases(0)->set_display_name("\u2060 \u00AD");
  v1::PathwayVisit* visit = pathway.add_visits();
  visit->set_id("v");
  visit->set_display_name("\u3164");
  visit->mutable_target()->set_months(6);
  (*pathway.mutable_rules(0)->mutable_texts())["en"] = "\uFEFF";
  EXPECT_THAT(Faults(pathway), ElementsAre("display_name", "phases[0].display_name", "visits[0].display_name",
                                           "rules[0].texts[\"en\"]"));
}

TEST(PathwayTest, UnknownAudiencesAreRefused) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(0)->set_audience(static_cast<v1::Audience>(9));
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[0].audience"));
}

TEST(PathwayTest, EveryRuleHasATextInTheDefaultLocale) {
  v1::Pathway pathway = GoodPathway();
  pathway.set_default_locale("es");
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[1].texts"));
  pathway.set_default_locale("es-mx");
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[1].texts"));
}

TEST(PathwayTest, TextsAreCheckedOneByOne) {
  const std::string too_long(1601, 'a');
  EXPECT_THAT(FaultsOfRule(absl::StrCat(R"(
                  texts { key: "aa" value: "" } texts { key: "bb" value: "{name}" } texts { key: "cc" value: "{" }
                  texts { key: "dd" value: "a\tb" } texts { key: "ee" value: ")", too_long, R"(" }
                  texts { key: "english" value: "x" } texts { key: "EN" value: "twice" })")),
              ElementsAre("rules[0].texts[\"aa\"]", "rules[0].texts[\"bb\"]", "rules[0].texts[\"cc\"]",
                          "rules[0].texts[\"dd\"]", "rules[0].texts[\"ee\"]", "rules[0].texts[\"en\"]",
                          "rules[0].texts[\"english\"]"));
}

TEST(PathwayTest, AFaultyTextDoesNotCountAsMissing) {
  EXPECT_THAT(FaultsOfRule(R"(texts { key: "en" value: "{name}" })"), ElementsAre("rules[0].texts[\"en\"]"));
}

TEST(PathwayTest, CharactersAreCountedNotBytes) {
  std::string text;
  for (int i = 0; i < 1600; ++i) absl::StrAppend(&text, "\u00f1");
  EXPECT_THAT(FaultsOfRule(absl::StrCat(R"(texts { key: "en" value: ")", text, R"(" })")), IsEmpty());
}

TEST(PathwayTest, ListsThatAreTooLongAreRefusedWithoutLookingAtTheirEnds) {
  v1::Pathway pathway = GoodPathway();
  while (pathway.rules_size() < 600) {
    v1::Rule* rule = pathway.add_rules();
    *rule = pathway.rules(0);
    rule->set_id(absl::StrCat("r", pathway.rules_size()));
    if (pathway.rules_size() > 510) rule->set_id("Bad Id");
  }
  EXPECT_THAT(Faults(pathway), ElementsAre("rules"));
}

TEST(PathwayTest, APathwayThatWouldFloodAPatientIsRefused) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_phases(0)->mutable_span()->mutable_weeks()->set_last(520);
  v1::Schedule* schedule = pathway.mutable_rules(0)->mutable_schedule();
  for (const char* time : {"10:00", "11:00", "12:00", "13:00"}) schedule->add_times(time);
  EXPECT_THAT(Faults(pathway), IsEmpty());  // 18,200 and six.
  schedule->add_times("14:00");
  EXPECT_THAT(Faults(pathway), ElementsAre("rules"));
}

TEST(PathwayTest, TextsFallBackFromRegionToLanguageToDefault) {
  const auto pathway = CompileGood(GoodPathway());
  EXPECT_EQ(pathway->TextFor(0, "es-MX").locale, "es-MX");
  EXPECT_EQ(pathway->TextFor(0, "ES-MX").locale, "es-MX");
  EXPECT_EQ(pathway->TextFor(0, "es-AR").locale, "es");
  EXPECT_EQ(pathway->TextFor(0, "es").locale, "es");
  EXPECT_EQ(pathway->TextFor(0, "fr-CA").locale, "en");
  EXPECT_EQ(pathway->TextFor(0, "").locale, "en");
  EXPECT_EQ(pathway->TextFor(0, "not a locale").locale, "en");
  EXPECT_EQ(pathway->TextFor(1, "es").locale, "en");
}

TEST(PathwayTest, TextsWithoutHealthInformationAreCheckedLikeTheOthers) {
  const std::string text = R"(texts { key: "en" value: "Hi." } )";
  EXPECT_THAT(FaultsOfRule(text + R"(discreet_texts { key: "en" value: "Hi, {first_name}." })"), IsEmpty());
  EXPECT_THAT(FaultsOfRule(absl::StrCat(text, R"(
                  discreet_texts { key: "aa" value: "" } discreet_texts { key: "bb" value: "{name}" }
                  discreet_texts { key: "cc" value: "{visit}" } discreet_texts { key: "dd" value: ")",
                                        std::string(1601, 'a'), R"(" } discreet_texts { key: "english" value: "x" })")),
              ElementsAre("rules[0].discreet_texts[\"aa\"]", "rules[0].discreet_texts[\"bb\"]",
                          "rules[0].discreet_texts[\"cc\"]", "rules[0].discreet_texts[\"dd\"]",
                          "rules[0].discreet_texts[\"english\"]", "rules[0].discreet_texts"));
  v1::Pathway pathway = GoodPathway();
  (*pathway.mutable_rules(1)->mutable_discreet_texts())["en"] = "Call.";
  ASSERT_EQ(pathway.rules(1).audience(), v1::AUDIENCE_CARE_TEAM);
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[1].discreet_texts"));
}

TEST(PathwayTest, TextsWithoutHealthInformationFallBackAmongThemselves) {
  v1::Pathway source = GoodPathway();
  (*source.mutable_rules(0)->mutable_discreet_texts())["en"] = "Hello.";
  (*source.mutable_rules(0)->mutable_discreet_texts())["fr"] = "Bonjour.";
  const auto pathway = CompileGood(source);
  EXPECT_EQ(&pathway->TextFor(0, "es-MX", true), &pathway->rule(0).discreet_texts[0]);
  EXPECT_EQ(pathway->TextFor(0, "fr-CA", true).locale, "fr");
  EXPECT_EQ(pathway->TextFor(0, "es-MX", false).locale, "es-MX");
  EXPECT_EQ(&pathway->TextFor(1, "en", true), &pathway->TextFor(1, "en")) << "the rule has no other version";
}

TEST(PathwayTest, FaultPathsStayReadableWhateverTheKey) {
  v1::Pathway pathway = GoodPathway();
  (*pathway.mutable_rules(0)->mutable_texts())["a\"\n"] = "x";
  FieldErrors errors;
  CompiledPathway::Compile(pathway, &errors);
  EXPECT_THAT(FieldsOf(errors), ElementsAre("rules[0].texts[\"a\\\"\\n\"]"));
}

TEST(PathwayTest, FaultsSayWhatMustHold) {
  v1::Pathway pathway = GoodPathway();
  (*pathway.mutable_rules(0)->mutable_texts())["en"] = "{nobody}";
  FieldErrors errors;
  CompiledPathway::Compile(pathway, &errors);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_THAT(errors[0].description, HasSubstr("{nobody}"));
}

TEST(PathwayTest, PhasesRunBetweenTheirDates) {
  const auto dates = [](const std::string& span, absl::CivilDay procedure) {
    v1::Pathway pathway = OneRulePathway(span, "times: '09:00'");
    const DateRange range = PhaseDates(*CompileGood(pathway), 0, procedure);
    return absl::StrCat(FormatDate(range.first), " ", FormatDate(range.last));
  };
  EXPECT_EQ(dates("days { first: 1 last: 3 }", absl::CivilDay(2026, 6, 1)), "2026-06-02 2026-06-04");
  EXPECT_EQ(dates("weeks { first: 1 last: 2 }", absl::CivilDay(2026, 6, 1)), "2026-06-02 2026-06-15");
  EXPECT_EQ(dates("weeks { first: 3 last: 6 }", absl::CivilDay(2026, 6, 1)), "2026-06-16 2026-07-13");
  EXPECT_EQ(dates("months { first: 1 last: 3 }", absl::CivilDay(2026, 6, 1)), "2026-07-01 2026-08-31");
  EXPECT_EQ(dates("months { first: 1 last: 3 }", absl::CivilDay(2025, 11, 30)), "2025-12-30 2026-02-27");
}

}  // namespace
}  // namespace aftercare::plan
