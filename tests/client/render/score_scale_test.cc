#include "services/client/render/score_scale.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

// Questions `pain`, `stairs` from 1 to 5 and `walk` with choices that count 1, -2 and 3, and a questionnaire of the
// last two, scored as `scoring` says.
v1::Pathway Scored(const std::string& scoring) {
  auto pathway = FromText<v1::Pathway>(R"pb(
    rules { id: "pain" }
    rules { id: "stairs" score_range { min: 1 max: 5 } }
    rules { id: "walk" choices {} choices { points: -2 } choices {} }
    questionnaires { id: "function" rules: "stairs" rules: "walk" }
  )pb");
  pathway.mutable_questionnaires(0)->MergeFrom(FromText<v1::Questionnaire>(scoring));
  return pathway;
}

std::string ScaleOf(const std::string& scoring) {
  return ScaleText(ScaleOfQuestionnaire(Scored(scoring), "function").value());
}

TEST(ScoreScaleTest, ARuleHasItsRangeOrElseZeroToTen) {
  EXPECT_EQ(ScaleText(ScaleOfRule(Scored(""), "stairs")), "1-5");
  EXPECT_EQ(ScaleText(ScaleOfRule(Scored(""), "pain")), "0-10");
  EXPECT_EQ(ScaleText(ScaleOfRule(Scored(""), "gone")), "0-10");
}

TEST(ScoreScaleTest, AQuestionnaireHasTheScoresThatItsAnswersCanMake) {
  EXPECT_EQ(ScaleOf(""), "-1-8");
  EXPECT_EQ(ScaleOf("linear { offset: 10 factor: 0.5 }"), "9.5-14");
  EXPECT_EQ(ScaleOf("linear { offset: 80 factor: -10 }"), "0-90");
  EXPECT_EQ(ScaleOf("table { entries { sum: -1 score: 100 } entries { score: 25.5 } entries { sum: 8 score: 30 } }"),
            "25.5-100");
  EXPECT_EQ(ScaleOfQuestionnaire(Scored(""), "gone").has_value(), false);
}

TEST(ScoreScaleTest, TheEndsOfTheScaleAreTheLowestAndTheHighestBar) {
  EXPECT_EQ(DrawScores({0, 50, 100}, {0, 100}), "▁▅█");
  EXPECT_EQ(DrawScores({-3.5, 0}, {-3.5, 0}), "▁█");
  EXPECT_EQ(DrawScores({-10, 110}, {0, 100}), "▁█") << "what is outside stands at the end";
  EXPECT_EQ(DrawScores({7, 7}, {7, 7}), "▁▁");
  EXPECT_EQ(DrawScores({}, {0, 100}), "");
}

TEST(ScoreScaleTest, OfManyScoresTheLastFortyAreDrawn) {
  std::vector<double> scores(41, 100);
  scores[0] = 0;
  std::string bars;
  for (int i = 0; i < 40; ++i) bars += "█";
  EXPECT_EQ(DrawScores(scores, {0, 100}), bars);
}

}  // namespace
}  // namespace aftercare::client
