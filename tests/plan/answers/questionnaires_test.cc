// What score the answers to a questionnaire make.
#include "scheduler/plan/answers/questionnaires.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

// A questionnaire of a choice that counts 0, 5 or -1 and a score from 1 to 3, scored as `scoring` says.
std::shared_ptr<const CompiledPathway> Scored(const std::string& scoring) {
  auto pathway = FromText<v1::Pathway>(R"pb(
    display_name: "Scores" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
    rules {
      id: "walk" phase: "p" category: "c" answer: ANSWER_KIND_CHOICE
      schedule { daily {} times: "09:00" } texts { key: "en" value: "Walking?" }
      choices { labels { key: "en" value: "easy" } points: 0 }
      choices { labels { key: "en" value: "hard" } points: 5 }
      choices { labels { key: "en" value: "like flying" } points: -1 }
    }
    rules {
      id: "stairs" phase: "p" category: "c" answer: ANSWER_KIND_SCORE score_range { min: 1 max: 3 }
      reaction { rules: "walk" answered: true } schedule {} texts { key: "en" value: "Stairs?" }
    }
    questionnaires { id: "function" rules: "walk" rules: "stairs" }
  )pb");
  pathway.mutable_questionnaires(0)->MergeFrom(FromText<v1::Questionnaire>(scoring));
  return CompileGood(pathway);
}

// Returns `sum 6, score 6`, or `none`.
std::string ScoreOf(const std::string& scoring, const std::vector<int>& answers) {
  const auto pathway = Scored(scoring);
  const auto round = ScoreRound(*pathway, 0, answers);
  return round ? absl::StrCat("sum ", round->sum, ", score ", round->score) : "none";
}

TEST(QuestionnairesTest, WithoutScoringTheScoreIsTheSum) {
  EXPECT_EQ(ScoreOf("", {2, 1}), "sum 6, score 6");
  EXPECT_EQ(ScoreOf("", {1, 3}), "sum 3, score 3");
  EXPECT_EQ(ScoreOf("", {3, 1}), "sum 0, score 0");
}

TEST(QuestionnairesTest, ALinearScoreHasAnOffsetAndAFactor) {
  EXPECT_EQ(ScoreOf("linear { offset: 100 factor: -12.5 }", {2, 3}), "sum 8, score 0");
  EXPECT_EQ(ScoreOf("linear { factor: 0.5 }", {1, 1}), "sum 1, score 0.5");
}

TEST(QuestionnairesTest, ALinearScoreIsRoundedSoThatItIsWhatItShouldBe) {
  const auto pathway = Scored("linear { factor: 0.1 }");
  EXPECT_EQ(ScoreRound(*pathway, 0, {1, 3})->score, 0.3);  // 3 * 0.1 is a little more.
  const auto thirds = Scored("linear { offset: 100 factor: -12.5000000001 }");
  EXPECT_EQ(ScoreRound(*thirds, 0, {2, 3})->score, 0);
}

TEST(QuestionnairesTest, ATableNamesTheScoreOfEachSum) {
  constexpr char kTable[] = R"(
    table { entries { sum: 0 score: 100 } entries { sum: 1 score: 81.5 } entries { sum: 2 score: 70 }
            entries { sum: 3 score: 60 } entries { sum: 6 score: 40 } entries { sum: 7 score: 20 }
            entries { sum: 8 score: -3 } })";
  EXPECT_EQ(ScoreOf(kTable, {1, 1}), "sum 1, score 81.5");
  EXPECT_EQ(ScoreOf(kTable, {3, 1}), "sum 0, score 100");
  EXPECT_EQ(ScoreOf(kTable, {2, 3}), "sum 8, score -3");
}

TEST(QuestionnairesTest, WhatIsNoAnswerToItsQuestionMakesNoScore) {
  for (const std::vector<int>& answers :
       std::vector<std::vector<int>>{{}, {1}, {1, 1, 1}, {0, 1}, {4, 1}, {-1, 1}, {1, 0}, {1, 4}}) {
    EXPECT_EQ(ScoreOf("", answers), "none") << testing::PrintToString(answers);
  }
}

}  // namespace
}  // namespace aftercare::plan
