#include "scheduler/plan/pathway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
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

TEST(PathwayTest, TheShippedPathwayCompiles) {
  std::ifstream file(AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto");
  ASSERT_TRUE(file) << "deploy/pathways/knee_stem_cell.textproto cannot be read";
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_NE(CompileGood(FromText<v1::Pathway>(text.str())), nullptr);
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

TEST(PathwayTest, FaultsInDifferentPlacesAreAllNamed) {
  v1::Pathway pathway = GoodPathway();
  pathway.set_display_name("tab\t");
  pathway.set_description(std::string(4001, 'a'));
  pathway.mutable_factors(0)->set_default_value("none");
  pathway.mutable_factors(0)->add_values("mild");
  *pathway.add_factors() = pathway.factors(0);
  pathway.mutable_phases(1)->set_id("early");
  pathway.mutable_phases(0)->mutable_span()->mutable_weeks()->set_last(0);
  pathway.mutable_rules(1)->set_id("rest");
  pathway.mutable_rules(1)->mutable_conditions(0)->set_values(0, "awful");
  EXPECT_THAT(Faults(pathway),
              ElementsAre("display_name", "description", "factors[0].values[2]", "factors[0].default_value",
                          "factors[1].id", "factors[1].values[2]", "factors[1].default_value",
                          "phases[0].span.weeks.last", "phases[1].id", "rules[1].id", "rules[1].phase",
                          "rules[1].conditions[0].values[0]"));
}

TEST(PathwayTest, ConditionsMustNameFactorsAndValuesOfThePathway) {
  EXPECT_THAT(FaultsOfRule(R"(conditions { factor: "age" values: "old" } conditions { factor: "severity" })"),
              ElementsAre("rules[0].conditions[0].factor", "rules[0].conditions[1].values"));
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
