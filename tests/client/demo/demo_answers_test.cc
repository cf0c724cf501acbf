#include "services/client/demo/demo_answers.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace aftercare::client {
namespace {

v1::Rule Asking(v1::AnswerKind kind) {
  v1::Rule rule;
  rule.set_answer(kind);
  return rule;
}

TEST(DemoAnswersTest, NobodyAnswersWhatAsksForNothing) {
  for (size_t patient = 0; patient < 3; ++patient) {
    EXPECT_EQ(DemoAnswer(MannerOf(patient), v1::Rule(), 0), std::nullopt);
  }
}

TEST(DemoAnswersTest, OneIsSilentAndOneDoesWhatIsAskedAndGetsBetter) {
  EXPECT_EQ(DemoAnswer(DemoManner::kSilent, Asking(v1::ANSWER_KIND_SCORE), 3), std::nullopt);
  EXPECT_EQ(DemoAnswer(DemoManner::kAdherent, Asking(v1::ANSWER_KIND_DONE), 3), "Done");
  EXPECT_EQ(DemoAnswer(DemoManner::kAdherent, Asking(v1::ANSWER_KIND_SCORE), 0), "6");
  EXPECT_EQ(DemoAnswer(DemoManner::kAdherent, Asking(v1::ANSWER_KIND_SCORE), 100), "1");
  EXPECT_EQ(DemoAnswer(DemoManner::kAdherent, Asking(v1::ANSWER_KIND_CHOICE), 100), "1");
}

TEST(DemoAnswersTest, OneHasBadPainAndThenASignOfDanger) {
  EXPECT_EQ(DemoAnswer(DemoManner::kAlarming, Asking(v1::ANSWER_KIND_SCORE), 1), "8");
  EXPECT_THAT(*DemoAnswer(DemoManner::kAlarming, Asking(v1::ANSWER_KIND_SCORE), 2), testing::HasSubstr("fever"));
}

TEST(DemoAnswersTest, OneSaysNowAndThenThatItIsTheWorstOfTheChoices) {
  v1::Rule rule = Asking(v1::ANSWER_KIND_CHOICE);
  for (const char* label : {"none", "some", "extreme"}) (*rule.add_choices()->mutable_labels())["en"] = label;
  EXPECT_EQ(DemoAnswer(DemoManner::kAlarming, rule, 10), "extreme");
  EXPECT_EQ(DemoAnswer(DemoManner::kAlarming, rule, 11), "2");
  (*rule.add_choices()->mutable_labels())["fr"] = "pire";
  EXPECT_EQ(DemoAnswer(DemoManner::kAlarming, rule, 10), "4");
}

}  // namespace
}  // namespace aftercare::client
