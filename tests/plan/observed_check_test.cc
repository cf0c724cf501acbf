// What a pathway may say about conditions on answers.
#include "scheduler/plan/observed_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The rules, by index: 0 pain (score), 1 walk (done), 2 swelling (choice of two), 3 tip (asks nothing, has conditions).
v1::Pathway GoodPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Answers" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
    rules { id: "pain" phase: "p" category: "pain" answer: ANSWER_KIND_SCORE score_range { min: 1 max: 5 }
            schedule { daily {} times: "09:00" } texts { key: "en" value: "How bad?" } }
    rules { id: "walk" phase: "p" category: "walk" answer: ANSWER_KIND_DONE
            schedule { daily {} times: "10:00" } texts { key: "en" value: "Walked?" } }
    rules { id: "swelling" phase: "p" category: "swelling" answer: ANSWER_KIND_CHOICE
            schedule { daily {} times: "11:00" } texts { key: "en" value: "How is it?" }
            choices { labels { key: "en" value: "Better" } } choices { labels { key: "en" value: "Worse" } } }
    rules { id: "tip" phase: "p" category: "tip" schedule { times: "12:00" } texts { key: "en" value: "Rest." }
            observed { adherence { category: "walk" days: 14 below: 50 min_asked: 3 } }
            observed { answers { rules: "swelling" last: 2 choice: 2 } unless: true } }
  )pb");
}

std::vector<std::string> FaultsWith(const std::string& condition) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(3)->clear_observed();
  *pathway.mutable_rules(3)->add_observed() = FromText<v1::ObservedCondition>(condition);
  FieldErrors errors;
  CompiledPathway::Compile(pathway, &errors);
  std::vector<std::string> fields = FieldsOf(errors);
  for (std::string& field : fields) {
    const std::string prefix = "rules[3].observed[0]";
    EXPECT_EQ(field.substr(0, prefix.size()), prefix);
    field = field.substr(prefix.size());
  }
  return fields;
}

TEST(ObservedCheckTest, GoodConditionsAreCompiledWhole) {
  FieldErrors errors;
  const auto pathway = CompiledPathway::Compile(GoodPathway(), &errors);
  ASSERT_NE(pathway, nullptr) << FieldsOf(errors).front();
  const auto& observed = pathway->rule(3).observed;
  ASSERT_EQ(observed.size(), 2u);
  EXPECT_EQ(observed[0].category, "walk");
  EXPECT_EQ(observed[0].days, 14);
  EXPECT_EQ(observed[0].percent, 50);
  EXPECT_FALSE(observed[0].at_least);
  EXPECT_EQ(observed[0].min_asked, 3);
  EXPECT_EQ(observed[0].measure, v1::ADHERENCE_MEASURE_DONE);
  EXPECT_THAT(observed[1].rules, ElementsAre(2));
  EXPECT_EQ(observed[1].last, 2);
  EXPECT_EQ(observed[1].says.kind, ReactionKind::kChoice);
  EXPECT_EQ(observed[1].says.value, 2);
  EXPECT_TRUE(observed[1].unless);
}

TEST(ObservedCheckTest, EachFaultIsNamedByItsPath) {
  EXPECT_THAT(FaultsWith(""), ElementsAre(""));
  EXPECT_THAT(FaultsWith("adherence {}"), ElementsAre(".adherence"));
  EXPECT_THAT(FaultsWith("adherence { category: 'tip' days: 5 below: 0 min_asked: -1 measure: 9 }"),
              ElementsAre(".adherence.category", ".adherence.days", ".adherence.measure", ".adherence.below",
                          ".adherence.min_asked"));
  EXPECT_THAT(FaultsWith("adherence { at_least: 101 min_asked: 1001 }"),
              ElementsAre(".adherence.at_least", ".adherence.min_asked"));
  EXPECT_THAT(FaultsWith("answers {}"), ElementsAre(".answers", ".answers.rules"));
  EXPECT_THAT(FaultsWith("answers { rules: 'pain' rules: 'pain' rules: 'none' rules: 'tip' last: 11 done: true }"),
              ElementsAre(".answers.last", ".answers.rules[0]", ".answers.rules[1]", ".answers.rules[2]",
                          ".answers.rules[3]"));
  EXPECT_THAT(FaultsWith("answers { rules: 'swelling' choice: 3 }"), ElementsAre(".answers.rules[0]"));
  EXPECT_THAT(FaultsWith("answers { rules: 'swelling' choice: 0 }"), ElementsAre(".answers.choice"));
  EXPECT_THAT(FaultsWith("answers { rules: 'pain' score_at_least: 6 }"), ElementsAre(".answers.rules[0]"));
  EXPECT_THAT(FaultsWith("answers { rules: 'pain' score_at_most: 0 }"), ElementsAre(".answers.rules[0]"));
  EXPECT_THAT(FaultsWith("answers { rules: 'walk' choice: 1 }"), ElementsAre(".answers.rules[0]"));
}

TEST(ObservedCheckTest, ARuleHasTenConditionsAtMost) {
  v1::Pathway pathway = GoodPathway();
  for (int i = 0; i < 9; ++i) *pathway.mutable_rules(3)->add_observed() = pathway.rules(3).observed(0);
  FieldErrors errors;
  CompiledPathway::Compile(pathway, &errors);
  EXPECT_THAT(FieldsOf(errors), ElementsAre("rules[3].observed"));
}

// Caps, importance and the end stand beside the rules.
std::vector<std::string> FaultsOfHead(const std::string& more) {
  v1::Pathway pathway = GoodPathway();
  pathway.MergeFrom(FromText<v1::Pathway>(more));
  FieldErrors errors;
  CompiledPathway::Compile(pathway, &errors);
  return FieldsOf(errors);
}

TEST(PathwayHeadTest, CapsImportanceAndTheEndAreChecked) {
  EXPECT_THAT(FaultsOfHead("message_cap { per_day: 4 per_week: 20 } important_categories: 'pain' end { days: 10 }"),
              IsEmpty());
  EXPECT_THAT(FaultsOfHead("message_cap { per_day: 0 per_week: 701 }"),
              ElementsAre("message_cap.per_day", "message_cap.per_week"));
  EXPECT_THAT(FaultsOfHead("message_cap { per_day: 101 per_week: 0 }"),
              ElementsAre("message_cap.per_day", "message_cap.per_week"));
  EXPECT_THAT(FaultsOfHead("important_categories: 'pain' important_categories: 'pain' important_categories: 'A b'"),
              ElementsAre("important_categories[1]", "important_categories[2]"));
  EXPECT_THAT(FaultsOfHead("important_categories: 'pian'"), ElementsAre("important_categories[0]"));
  EXPECT_THAT(FaultsOfHead("end { days: 20 } visits { id: 'v' display_name: 'V' target { days: 15 } days_after: 6 }"),
              ElementsAre("end"));
  EXPECT_THAT(FaultsOfHead("end { days: 9 }"), ElementsAre("end")) << "the phase lasts ten days";
  EXPECT_THAT(FaultsOfHead("end { months: 121 }"), ElementsAre("end.months"));
}

TEST(PathwayHeadTest, RulesKnowHowImportantTheyAre) {
  v1::Pathway source = GoodPathway();
  source.add_important_categories("walk");
  source.add_important_categories("pain");
  FieldErrors errors;
  const auto pathway = CompiledPathway::Compile(source, &errors);
  ASSERT_NE(pathway, nullptr);
  EXPECT_EQ(pathway->rule(1).importance, 0);
  EXPECT_EQ(pathway->rule(0).importance, 1);
  EXPECT_EQ(pathway->rule(3).importance, 2);
}

}  // namespace
}  // namespace aftercare::plan
