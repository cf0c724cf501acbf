// What a pathway may say about scores: ranges, points of choices, and questionnaires.
#include "scheduler/plan/questionnaire_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

// The rules, by index: 0 walk (a choice that counts 0, 1 or 4), 1 stairs (a score from 1 to 3), 2 chair (a choice that
// counts its number, 1 or 2), 3 pain (a score), 4 tip (asks nothing), 5 low (a task for a score of the questionnaire).
// The questionnaire asks walk, stairs and chair, so that the sums are 2 to 9.
v1::Pathway GoodPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Scores" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
    rules {
      id: "walk" phase: "p" category: "c" answer: ANSWER_KIND_CHOICE
      schedule { on { days: 1 } times: "09:00" } texts { key: "en" value: "Walking?" }
      choices { labels { key: "en" value: "easy" } points: 0 }
      choices { labels { key: "en" value: "hard" } points: 1 }
      choices { labels { key: "en" value: "not at all" } points: 4 }
    }
    rules {
      id: "stairs" phase: "p" category: "c" answer: ANSWER_KIND_SCORE score_range { min: 1 max: 3 }
      reaction { rules: "walk" answered: true } schedule { window { days: 1 } } texts { key: "en" value: "Stairs?" }
    }
    rules {
      id: "chair" phase: "p" category: "c" answer: ANSWER_KIND_CHOICE
      reaction { rules: "stairs" answered: true } schedule {} texts { key: "en" value: "Chair?" }
      choices { labels { key: "en" value: "easy" } }
      choices { labels { key: "en" value: "hard" } }
    }
    rules { id: "pain" phase: "p" category: "c" answer: ANSWER_KIND_SCORE
            schedule { on { days: 2 } times: "09:00" } texts { key: "en" value: "How bad?" } }
    rules { id: "tip" phase: "p" category: "c" schedule { on { days: 3 } times: "12:00" }
            texts { key: "en" value: "Rest." } }
    rules { id: "low" phase: "p" category: "c" audience: AUDIENCE_CARE_TEAM
            reaction { questionnaire: "function" score_at_most: -10 } schedule {} texts { key: "en" value: "Call." } }
    questionnaires { id: "function" display_name: "Function" rules: "walk" rules: "stairs" rules: "chair" }
  )pb");
}

FieldErrors ErrorsOf(const v1::Pathway& pathway) {
  FieldErrors errors;
  const auto compiled = CompiledPathway::Compile(pathway, &errors);
  EXPECT_EQ(compiled != nullptr, errors.empty());
  return errors;
}

std::vector<std::string> Faults(const v1::Pathway& pathway) { return FieldsOf(ErrorsOf(pathway)); }

// Faults of the good pathway with `text` instead of the questionnaire.
std::vector<std::string> FaultsOf(const std::string& text) {
  v1::Pathway pathway = GoodPathway();
  *pathway.mutable_questionnaires(0) = FromText<v1::Questionnaire>(text);
  return Faults(pathway);
}

// The good pathway, whose questionnaire is scored so.
v1::Pathway Scored(const std::string& scoring) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_questionnaires(0)->MergeFrom(FromText<v1::Questionnaire>(scoring));
  return pathway;
}

// Faults of the good pathway after `text` is merged into one of its rules.
std::vector<std::string> FaultsOfRule(int rule, const std::string& text) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(rule)->MergeFrom(FromText<v1::Rule>(text));
  return Faults(pathway);
}

// A table with an entry for each of these sums.
std::string TableOf(const std::vector<int>& sums) {
  std::string table = "table { ";
  for (const int sum : sums) absl::StrAppend(&table, "entries { sum: ", sum, " score: ", 10 * sum, " } ");
  return table + "}";
}

TEST(QuestionnaireCheckTest, AGoodPathwayIsCompiledWhole) {
  const auto pathway = CompileGood(GoodPathway());
  ASSERT_NE(pathway, nullptr);
  ASSERT_EQ(pathway->questionnaire_count(), 1);
  EXPECT_THAT(pathway->questionnaire(0).rules, ElementsAre(0, 1, 2));
  EXPECT_THAT(pathway->questionnaire(0).table, IsEmpty());
  EXPECT_EQ(pathway->questionnaire(0).offset, 0);
  EXPECT_EQ(pathway->questionnaire(0).factor, 1);
  for (const int rule : {0, 1, 2}) EXPECT_EQ(pathway->rule(rule).questionnaire, 0);
  EXPECT_EQ(pathway->rule(3).questionnaire, -1);
  EXPECT_THAT(pathway->rule(0).points, ElementsAre(0, 1, 4));
  EXPECT_THAT(pathway->rule(2).points, ElementsAre(1, 2));
  EXPECT_EQ(pathway->rule(1).min_score, 1);
  EXPECT_EQ(pathway->rule(1).max_score, 3);
  EXPECT_EQ(pathway->rule(3).min_score, 0);
  EXPECT_EQ(pathway->rule(3).max_score, 10);
  EXPECT_EQ(pathway->rule(1).reaction.kind, ReactionKind::kAnswered);
  EXPECT_EQ(pathway->rule(5).reaction.questionnaire, 0);
  EXPECT_EQ(pathway->rule(5).reaction.value, -10);
}

TEST(QuestionnaireCheckTest, OnlyAQuestionForAScoreHasARangeAndItRunsUpwards) {
  const char kField[] = "rules[3].score_range";
  for (const char* good : {"max: 1", "min: 999 max: 1000", "min: 1 max: 5"}) {
    EXPECT_THAT(FaultsOfRule(3, absl::StrCat("score_range { ", good, " }")), IsEmpty()) << good;
  }
  for (const char* bad : {"", "max: 0", "min: -1 max: 5", "min: 5 max: 5", "min: 6 max: 5", "max: 1001", "max: -1"}) {
    EXPECT_THAT(FaultsOfRule(3, absl::StrCat("score_range { ", bad, " }")), ElementsAre(kField)) << bad;
  }
  EXPECT_THAT(FaultsOfRule(4, "score_range { max: 5 }"), ElementsAre("rules[4].score_range"));
  EXPECT_THAT(FaultsOfRule(4, "answer: ANSWER_KIND_DONE score_range { max: 5 }"), ElementsAre("rules[4].score_range"));
}

TEST(QuestionnaireCheckTest, AReactionToAScoreLiesInTheRangeOfEachQuestion) {
  const auto faults = [](const std::string& range, const std::string& bound) {
    v1::Pathway pathway = GoodPathway();
    pathway.mutable_rules(3)->MergeFrom(FromText<v1::Rule>(absl::StrCat("score_range { ", range, " }")));
    *pathway.mutable_rules(5)->mutable_reaction() = FromText<v1::Reaction>(absl::StrCat("rules: 'pain' ", bound));
    return Faults(pathway);
  };
  EXPECT_THAT(faults("max: 100", "score_at_least: 100"), IsEmpty());
  EXPECT_THAT(faults("min: 20 max: 100", "score_at_most: 20"), IsEmpty());
  EXPECT_THAT(faults("max: 100", "score_at_least: 101"), ElementsAre("rules[5].reaction.rules[0]"));
  EXPECT_THAT(faults("min: 20 max: 100", "score_at_most: 19"), ElementsAre("rules[5].reaction.rules[0]"));
}

TEST(QuestionnaireCheckTest, AChoiceCountsAThousandPointsAtMost) {
  for (const int points : {-1000, 0, 1000}) {
    v1::Pathway pathway = GoodPathway();
    pathway.mutable_rules(2)->mutable_choices(1)->set_points(points);
    EXPECT_THAT(Faults(pathway), IsEmpty()) << points;
  }
  for (const int points : {-1001, 1001, -2147483647 - 1}) {
    v1::Pathway pathway = GoodPathway();
    pathway.mutable_rules(2)->mutable_choices(1)->set_points(points);
    EXPECT_THAT(Faults(pathway), ElementsAre("rules[2].choices[1].points")) << points;
  }
}

TEST(QuestionnaireCheckTest, AQuestionnaireHasAnIdOfItsOwnAndAShortName) {
  v1::Pathway pathway = GoodPathway();
  *pathway.add_questionnaires() = FromText<v1::Questionnaire>("id: 'function'");
  *pathway.add_questionnaires() = FromText<v1::Questionnaire>("id: 'Knee!'");
  pathway.add_questionnaires();
  pathway.mutable_questionnaires(0)->set_display_name(std::string(100, 'x'));
  pathway.mutable_questionnaires(1)->set_display_name(std::string(101, 'x'));
  pathway.mutable_questionnaires(2)->set_display_name("a\nb");
  EXPECT_THAT(Faults(pathway),
              testing::UnorderedElementsAre(
                  "questionnaires[1].id", "questionnaires[2].id", "questionnaires[3].id",
                  "questionnaires[1].display_name", "questionnaires[2].display_name", "questionnaires[1].rules",
                  "questionnaires[2].rules", "questionnaires[3].rules"));
}

TEST(QuestionnaireCheckTest, APathwayHasTwentyQuestionnairesAtMost) {
  v1::Pathway pathway = GoodPathway();
  const auto add = [&pathway](int number) {  // With two questions of its own.
    std::vector<std::string> ids;
    for (const int rule : {0, 1}) {
      *pathway.add_rules() = pathway.rules(rule);
      ids.push_back(absl::StrCat(rule == 0 ? "first-" : "second-", number));
      pathway.mutable_rules()->rbegin()->set_id(ids.back());
    }
    pathway.mutable_rules()->rbegin()->mutable_reaction()->set_rules(0, ids[0]);
    *pathway.add_questionnaires() = FromText<v1::Questionnaire>(
        absl::StrCat("id: 'q", number, "' rules: '", ids[0], "' rules: '", ids[1], "'"));
  };
  for (int i = 0; i < 19; ++i) add(i);
  EXPECT_THAT(Faults(pathway), IsEmpty());
  add(19);
  EXPECT_THAT(Faults(pathway), ElementsAre("questionnaires"));
}

TEST(QuestionnaireCheckTest, ItHasTwoToTwentyQuestions) {
  EXPECT_THAT(FaultsOf("id: 'function' rules: 'walk'"), ElementsAre("questionnaires[0].rules"));
  v1::Pathway pathway = GoodPathway();
  for (int i = 3; i < 20; ++i) {
    *pathway.add_rules() = pathway.rules(1);
    v1::Rule& rule = *pathway.mutable_rules()->rbegin();
    rule.set_id(absl::StrCat("more-", i));
    rule.mutable_reaction()->set_rules(0, *pathway.questionnaires(0).rules().rbegin());
    pathway.mutable_questionnaires(0)->add_rules(rule.id());
  }
  EXPECT_THAT(Faults(pathway), IsEmpty());
  pathway.mutable_questionnaires(0)->add_rules("pain");
  EXPECT_THAT(Faults(pathway), ElementsAre("questionnaires[0].rules"));
}

TEST(QuestionnaireCheckTest, ItsQuestionsAreRulesThatAskForANumberOrAChoiceEachOnce) {
  const char kFunction[] = "id: 'function' ";
  const auto faults = [&](const std::string& rules) { return FaultsOf(kFunction + rules); };
  EXPECT_THAT(faults("rules: 'walk' rules: 'nothing' rules: 'stairs'"), ElementsAre("questionnaires[0].rules[1]"));
  EXPECT_THAT(faults("rules: 'walk' rules: 'stairs' rules: 'stairs'"), ElementsAre("questionnaires[0].rules[2]"));
  EXPECT_THAT(faults("rules: 'tip' rules: 'stairs'"), Contains("questionnaires[0].rules[0]"));
  v1::Pathway pathway = GoodPathway();
  *pathway.add_questionnaires() = FromText<v1::Questionnaire>("id: 'other' rules: 'pain' rules: 'chair'");
  EXPECT_THAT(Faults(pathway), ElementsAre("questionnaires[1].rules[1]")) << "it belongs to another questionnaire";
  pathway = GoodPathway();
  pathway.mutable_rules(4)->set_answer(v1::ANSWER_KIND_DONE);
  *pathway.mutable_questionnaires(0) = FromText<v1::Questionnaire>("id: 'function' rules: 'tip' rules: 'chair'");
  *pathway.mutable_rules(2)->mutable_reaction() = FromText<v1::Reaction>("rules: 'tip' answered: true");
  EXPECT_THAT(Faults(pathway), ElementsAre("questionnaires[0].rules[0]")) << "yes or no is no number";
}

TEST(QuestionnaireCheckTest, EachFurtherQuestionReactsToAnyAnswerToTheOneBeforeAlone) {
  const char kField[] = "questionnaires[0].rules[1]";
  EXPECT_THAT(FaultsOf("id: 'function' rules: 'walk' rules: 'pain'"), ElementsAre(kField)) << "no reaction";
  EXPECT_THAT(FaultsOf("id: 'function' rules: 'walk' rules: 'chair'"), ElementsAre(kField)) << "to another question";
  const auto faults = [](const std::string& reaction) {
    v1::Pathway pathway = GoodPathway();
    *pathway.mutable_rules(1)->mutable_reaction() = FromText<v1::Reaction>(reaction);
    return Faults(pathway);
  };
  EXPECT_THAT(faults("rules: 'walk' choice: 1"), ElementsAre(kField));
  EXPECT_THAT(faults("rules: 'walk' no_answer: true"), ElementsAre(kField));
  EXPECT_THAT(faults("rules: 'walk' rules: 'pain' answered: true"), ElementsAre(kField));
  EXPECT_THAT(FaultsOfRule(1, "schedule { times: '09:00' }"), ElementsAre(kField)) << "it has a time of day";
  EXPECT_THAT(FaultsOfRule(1, "schedule { on { days: 1 } }"), IsEmpty()) << "it may come some days later";
}

TEST(QuestionnaireCheckTest, AnsweredIsTrueIfSet) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(1)->mutable_reaction()->set_answered(false);
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[1].reaction.answered"));
}

TEST(QuestionnaireCheckTest, ALinearScoreIsWithinItsLimits) {
  const auto pathway = CompileGood(Scored("linear { offset: 100 factor: -2.5 }"));
  EXPECT_EQ(pathway->questionnaire(0).offset, 100);
  EXPECT_EQ(pathway->questionnaire(0).factor, -2.5);
  EXPECT_THAT(Faults(Scored("linear { offset: 1000000 factor: 1000 }")), IsEmpty());
  EXPECT_THAT(Faults(Scored("linear { offset: -1000001 factor: 0 }")),
              ElementsAre("questionnaires[0].linear.offset", "questionnaires[0].linear.factor"));
  EXPECT_THAT(Faults(Scored("linear { factor: -1000.5 }")), ElementsAre("questionnaires[0].linear.factor"));
  EXPECT_THAT(Faults(Scored("linear { offset: nan factor: inf }")),
              ElementsAre("questionnaires[0].linear.offset", "questionnaires[0].linear.factor"));
}

TEST(QuestionnaireCheckTest, ATableHasEachSumThatTheAnswersCanHave) {
  const auto pathway = CompileGood(Scored(TableOf({2, 3, 4, 5, 6, 7, 8, 9})));
  EXPECT_EQ(pathway->questionnaire(0).table.size(), 8u);
  EXPECT_THAT(pathway->questionnaire(0).table, Contains(Pair(9, 90)));
  const FieldErrors lacks = ErrorsOf(Scored(TableOf({2, 4, 5, 6, 8, 9})));
  ASSERT_THAT(FieldsOf(lacks), ElementsAre("questionnaires[0].table.entries"));
  EXPECT_THAT(lacks[0].description, HasSubstr("there is none for 3, 7"));
  EXPECT_THAT(FieldsOf(ErrorsOf(Scored("table {}"))),
              ElementsAre("questionnaires[0].table.entries", "questionnaires[0].table.entries"));
  EXPECT_THAT(ErrorsOf(Scored("table {}"))[1].description, HasSubstr("for 2, 3, 4, 5, 6"));
}

TEST(QuestionnaireCheckTest, ATableHasNoOtherSumAndNoneTwice) {
  EXPECT_THAT(Faults(Scored(TableOf({2, 3, 4, 5, 6, 7, 8, 9, 1, 10, -2}))),
              ElementsAre("questionnaires[0].table.entries[8].sum", "questionnaires[0].table.entries[9].sum",
                          "questionnaires[0].table.entries[10].sum"));
  EXPECT_THAT(Faults(Scored(TableOf({2, 3, 4, 4, 5, 6, 7, 8, 9}))),
              ElementsAre("questionnaires[0].table.entries[3].sum"));
  v1::Pathway gap = Scored(TableOf({2, 3, 4, 5, 6, 7, 8, 9}));
  gap.mutable_rules(0)->mutable_choices(2)->set_points(10);  // No answers make 7 to 11 any more.
  EXPECT_THAT(Faults(gap),
              ElementsAre("questionnaires[0].table.entries[5].sum", "questionnaires[0].table.entries[6].sum",
                          "questionnaires[0].table.entries[7].sum", "questionnaires[0].table.entries"));
}

TEST(QuestionnaireCheckTest, TheScoresOfATableAreBounded) {
  v1::Pathway pathway = Scored(TableOf({2, 3, 4, 5, 6, 7, 8, 9}));
  pathway.mutable_questionnaires(0)->mutable_table()->mutable_entries(1)->set_score(1e6);
  EXPECT_THAT(Faults(pathway), IsEmpty());
  pathway.mutable_questionnaires(0)->mutable_table()->mutable_entries(1)->set_score(1e6 + 1);
  EXPECT_THAT(Faults(pathway), ElementsAre("questionnaires[0].table.entries[1].score"));
}

TEST(QuestionnaireCheckTest, WhatTheSumsCanBeIsNotSaidWhereAQuestionIsFaulty) {
  v1::Pathway pathway = Scored(TableOf({77}));
  pathway.mutable_questionnaires(0)->set_rules(1, "nothing");
  EXPECT_THAT(Faults(pathway), testing::Not(Contains(HasSubstr("table"))));
}

TEST(QuestionnaireCheckTest, NoTableIsLongEnoughForAWideRange) {
  v1::Pathway pathway = Scored("table {}");
  v1::ScoreTable& table = *pathway.mutable_questionnaires(0)->mutable_table();
  pathway.mutable_rules(1)->mutable_score_range()->set_max(1000);
  for (int sum = 2; sum < 1002; ++sum) table.add_entries()->set_sum(sum);
  EXPECT_THAT(Faults(pathway), ElementsAre("questionnaires[0].table"));
}

TEST(QuestionnaireCheckTest, AReactionToAQuestionnaireNeedsABoundForItsScoreAndNoRules) {
  const auto faults = [](const std::string& reaction) {
    v1::Pathway pathway = GoodPathway();
    *pathway.mutable_rules(5)->mutable_reaction() = FromText<v1::Reaction>(reaction);
    return Faults(pathway);
  };
  EXPECT_THAT(faults("questionnaire: 'function' score_at_least: 1000000"), IsEmpty());
  EXPECT_THAT(faults("questionnaire: 'nothing' score_at_least: 1"), ElementsAre("rules[5].reaction.questionnaire"));
  EXPECT_THAT(faults("questionnaire: 'function' score_at_least: 1000001"),
              ElementsAre("rules[5].reaction.score_at_least"));
  EXPECT_THAT(faults("questionnaire: 'function' score_at_most: -1000001"),
              ElementsAre("rules[5].reaction.score_at_most"));
  EXPECT_THAT(faults("questionnaire: 'function' rules: 'pain' score_at_least: 1"),
              ElementsAre("rules[5].reaction.rules"));
  for (const char* other : {"answered: true", "no_answer: true", "choice: 1", "done: true"}) {
    EXPECT_THAT(faults(absl::StrCat("questionnaire: 'function' ", other)), Contains("rules[5].reaction.questionnaire"))
        << other;
  }
}

TEST(QuestionnaireCheckTest, AQuestionMustNotReactToTheScoreThatItIsPartOf) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(0)->clear_schedule();
  *pathway.mutable_rules(0)->mutable_reaction() =
      FromText<v1::Reaction>("questionnaire: 'function' score_at_least: 1");
  EXPECT_THAT(Faults(pathway), Contains(HasSubstr("].reaction.rules")));
}

}  // namespace
}  // namespace aftercare::plan
