#include "services/client/render/observed_text.h"

#include "gtest/gtest.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

std::string Condition(const std::string& text) { return ConditionText(FromText<v1::ObservedCondition>(text)); }
std::string Observed(const std::string& text) { return ObservationText(FromText<v1::Observation>(text)); }

TEST(ObservedTextTest, EachConditionIsToldInWords) {
  EXPECT_EQ(Condition("adherence { category: 'therapy' days: 14 below: 50 min_asked: 3 }"),
            "therapy done: less than 50 % of the days in the last 14 days (3 days asked at least)");
  EXPECT_EQ(Condition("adherence { measure: ADHERENCE_MEASURE_ANSWERED at_least: 90 min_asked: 10 } unless: true"),
            "not: questions answered: at least 90 % since the enrollment (10 questions asked at least)");
  EXPECT_EQ(Condition("answers { rules: 'pain' score_at_most: 3 }"), "the last answer to pain is 3 or less");
  EXPECT_EQ(Condition("answers { rules: 'a' rules: 'b' last: 2 choice: 3 }"),
            "each of the last 2 answers to a, b is choice 3");
  EXPECT_EQ(Condition("answers { rules: 'a' done: false }"), "the last answer to a is not done");
}

TEST(ObservedTextTest, WhatWasSeenIsToldWithNumbers) {
  EXPECT_EQ(Observed("condition { adherence { below: 50 } } held: true asked: 4 percent: 25"), "25 % of 4 days: held");
  EXPECT_EQ(Observed("condition { adherence { below: 50 } } "), "nothing was asked: did not hold");
  EXPECT_EQ(Observed("condition { adherence { measure: ADHERENCE_MEASURE_ANSWERED below: 50 } } asked: 9 percent: 66"),
            "66 % of 9 questions: did not hold");
  EXPECT_EQ(Observed("condition { answers { rules: 'a' } } held: true answers: 3 answers: 1"), "3, 1: held");
  EXPECT_EQ(Observed("condition { answers { rules: 'a' } }"), "no answer: did not hold");
}

}  // namespace
}  // namespace aftercare::client
