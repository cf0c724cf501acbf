#include "services/client/render/reaction_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/testing.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

v1::Pathway Answers() {
  return FromText<v1::Pathway>(R"pb(
    default_locale: "en"
    word_lists { id: "danger" display_name: "Signs of danger" }
    word_lists { id: "pus" }
    questionnaires { id: "function" display_name: "Knee function" }
    questionnaires { id: "mood" }
    rules {
      id: "swelling"
      choices { labels { key: "en" value: "better" } labels { key: "es" value: "mejor" } }
      choices { labels { key: "es" value: "igual" } labels { key: "fr" value: "pareil" } }
    }
    rules { id: "call" audience: AUDIENCE_CARE_TEAM urgency: URGENCY_EMERGENCY
            reaction { rules: "am" rules: "noon" rules: "pm" score_at_least: 7 } }
    rules { id: "ask" reaction { rules: "am" score_at_most: 2 }
            schedule { on { days: 1 } times: "09:00" times: "18:00" } }
  )pb");
}

std::string Condition(const std::string& reaction) {
  v1::Rule rule;
  *rule.mutable_reaction() = FromText<v1::Reaction>(reaction);
  return ReactionCondition(Answers(), rule);
}

std::string Time(const std::string& schedule) {
  v1::Rule rule;
  *rule.mutable_schedule() = FromText<v1::Schedule>(schedule);
  return ReactionTime(rule);
}

TEST(ReactionTextTest, AChoiceHasItsLabelInThatLanguageOrElseInTheFirst) {
  const v1::Rule rule = Answers().rules(0);
  EXPECT_EQ(ChoiceLabel(rule, 1, "es"), "mejor");
  EXPECT_EQ(ChoiceLabel(rule, 2, "en"), "igual");
  EXPECT_EQ(ChoiceLabel(rule, 0, "en") + ChoiceLabel(rule, 3, "en"), "");
  EXPECT_EQ(ChoicesText(rule, "en"), "1 better, 2 igual");
  EXPECT_EQ(ChoicesText(Answers().rules(1), "en"), "");
}

TEST(ReactionTextTest, EachConditionIsToldInWords) {
  EXPECT_EQ(Condition("rules: 'am' score_at_least: 7"), "a score of 7 or more to am");
  EXPECT_EQ(Condition("rules: 'am' rules: 'pm' score_at_most: 2"), "a score of 2 or less to am or pm");
  EXPECT_EQ(Condition("rules: 'am' rules: 'noon' rules: 'pm' done: true"), "done to am, noon or pm");
  EXPECT_EQ(Condition("rules: 'am' done: false"), "not done to am");
  EXPECT_EQ(Condition("rules: 'swelling' choice: 1"), "choice 1 (better) to swelling");
  EXPECT_EQ(Condition("rules: 'gone' choice: 1"), "choice 1 to gone");
  EXPECT_EQ(Condition("rules: 'am' no_answer: true"), "no answer to am in time");
  EXPECT_EQ(Condition("rules: 'am' rules: 'pm' answered: true"), "any answer to am or pm");
  EXPECT_EQ(Condition("questionnaire: 'function' score_at_most: 50"), "a score of 50 or less in \"Knee function\"");
  EXPECT_EQ(Condition("questionnaire: 'mood' score_at_least: 3"), "a score of 3 or more in \"mood\"");
  EXPECT_EQ(Condition("word_list: 'danger'"), "a word of \"Signs of danger\", whatever it answers");
  EXPECT_EQ(Condition("rules: 'am' word_list: 'pus'"), "a word of \"pus\" in an answer to am");
  EXPECT_EQ(Condition("rules: 'am'"), "an answer");
}

TEST(ReactionTextTest, TheTimeIsThatAfterTheAnswer) {
  EXPECT_EQ(Time(""), "at once");
  EXPECT_EQ(Time("on {}"), "at once");
  EXPECT_EQ(Time("times: '09:00'"), "at 09:00");
  EXPECT_EQ(Time("on { days: 1 } times: '09:00' times: '18:00'"), "1 day later at 09:00, 18:00");
  EXPECT_EQ(Time("on { days: 2 }"), "2 days later");
}

TEST(ReactionTextTest, ReactionsAreListedWithWhatSetsThemOffAndForWhom) {
  EXPECT_EQ(RenderReactions(Answers(), {1, 2}, 80, false),
            "After an answer\n"
            "  call  task for the care team, emergency\n"
            "       a score of 7 or more to am, noon or pm; at once\n"
            "  ask  message\n"
            "       a score of 2 or less to am; 1 day later at 09:00, 18:00\n");
  ExpectFits(RenderReactions(Answers(), {1, 2}, 40, false), 40);
  EXPECT_EQ(RenderReactions(Answers(), {}, 80, false), "");
}

}  // namespace
}  // namespace aftercare::client
