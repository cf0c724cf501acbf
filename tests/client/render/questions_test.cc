#include "services/client/render/questions.h"

#include "gtest/gtest.h"
#include "tests/client/testing.h"

namespace aftercare::client {
namespace {

TEST(QuestionsTest, ARuleHasItsKindScaleAndGroup) {
  const Questions questions = QuestionsOf(R"pb(
    rules { id: "tip" }
    rules { id: "pain" answer: ANSWER_KIND_SCORE group: "g" }
    rules { id: "koos" answer: ANSWER_KIND_SCORE score_range { min: 1 max: 100 } }
  )pb");
  EXPECT_EQ(questions.Find("tip")->kind, v1::ANSWER_KIND_UNSPECIFIED);
  EXPECT_EQ(questions.Find("pain")->kind, v1::ANSWER_KIND_SCORE);
  EXPECT_EQ(questions.Find("pain")->scale, (ScoreScale{0, 10}));
  EXPECT_EQ(questions.Find("pain")->group, "g");
  EXPECT_EQ(questions.Find("koos")->scale, (ScoreScale{1, 100}));
  EXPECT_LT(questions.Find("pain")->position, questions.Find("koos")->position);
  EXPECT_EQ(questions.Find("nothing"), nullptr);
}

TEST(QuestionsTest, ARuleKeepsWhatTheFirstRevisionSaid) {
  Questions questions = QuestionsOf("rules { id: 'pain' answer: ANSWER_KIND_SCORE }");
  v1::Pathway older;
  older.add_rules()->set_id("pain");
  older.add_rules()->set_id("gone");
  questions.Add(older);
  EXPECT_EQ(questions.Find("pain")->kind, v1::ANSWER_KIND_SCORE);
  EXPECT_NE(questions.Find("gone"), nullptr);
}

TEST(QuestionsTest, AQuestionnaireKeepsTheScaleOfTheFirstRevision) {
  Questions questions = QuestionsOf(R"pb(
    rules { id: "a" answer: ANSWER_KIND_SCORE score_range { max: 4 } }
    questionnaires { id: "q" rules: "a" linear { factor: 25 } }
  )pb");
  v1::Pathway older;
  older.add_rules()->set_id("a");
  older.add_questionnaires()->set_id("q");
  older.mutable_questionnaires(0)->add_rules("a");
  questions.Add(older);
  EXPECT_EQ(questions.ScaleOf("q"), (ScoreScale{0, 100}));
  EXPECT_EQ(questions.ScaleOf("nothing"), (ScoreScale{0, 10}));
}

TEST(QuestionsTest, TheRuleOfAReminderIsInItsName) {
  EXPECT_EQ(RuleOf("clinics/demo/enrollments/ana/reminders/ice-am.2026-03-04-0800"), "ice-am");
  EXPECT_EQ(RuleOf("clinics/demo/enrollments/ana/reminders/eve.2026-09-09~2"), "eve");
}

}  // namespace
}  // namespace aftercare::client
