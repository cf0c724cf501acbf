// Which rules react to an answer, to a missing one, and to words.
#include "scheduler/plan/answers/reactions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReactionsTest : public testing::Test {
 protected:
  // Questions `pain` and `pain2` (scores), `walk` (done) and `swelling` (a choice), with two word lists, and reactions
  // to each kind of answer.
  static v1::Pathway Source() {
    auto pathway = FromText<v1::Pathway>(R"pb(
      display_name: "Answers" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
      word_lists { id: "danger" words { locale: "en" words: "chest pain" words: "can't breathe" words: "café" }
                   words { locale: "fr" words: "je suis tombé" } }
      word_lists { id: "wound" words { locale: "en" words: "pus" words: "Fever" } }
    )pb");
    const auto add = [&pathway](const std::string& id, const std::string& rest) {
      v1::Rule* rule = pathway.add_rules();
      rule->MergeFrom(FromText<v1::Rule>(rest));
      rule->set_id(id);
      rule->set_phase("p");
      rule->set_category("c");
      (*rule->mutable_texts())["en"] = "Text";
      if (!rule->has_reaction()) rule->mutable_schedule()->add_times("09:00");
    };
    add("pain", "answer: ANSWER_KIND_SCORE");
    add("pain2", "answer: ANSWER_KIND_SCORE");
    add("walk", "answer: ANSWER_KIND_DONE");
    add("swelling", R"(answer: ANSWER_KIND_CHOICE choices { labels { key: "en" value: "Better" } }
                       choices { labels { key: "en" value: "Worse" } })");
    add("high", "reaction { rules: 'pain' score_at_least: 7 }");
    add("high-any", "reaction { rules: 'pain2' rules: 'pain' score_at_least: 7 }");
    add("low", "reaction { rules: 'pain' score_at_most: 0 }");
    add("worse", "reaction { rules: 'swelling' choice: 2 }");
    add("walked", "reaction { rules: 'walk' done: true }");
    add("sat", "reaction { rules: 'walk' done: false }");
    add("silent", "reaction { rules: 'walk' rules: 'pain' no_answer: true }");
    add("next", "answer: ANSWER_KIND_SCORE reaction { rules: 'swelling' answered: true } schedule {}");
    add("poor", "reaction { questionnaire: 'q' score_at_most: 4 }");
    add("good", "reaction { questionnaire: 'q' score_at_least: 9 }");
    add("best", "reaction { questionnaire: 'q' score_at_least: 11 }");
    *pathway.add_questionnaires() = FromText<v1::Questionnaire>("id: 'q' rules: 'swelling' rules: 'next'");
    add("danger", "reaction { word_list: 'danger' }");
    add("wound", "reaction { rules: 'swelling' word_list: 'wound' }");
    return pathway;
  }

  std::vector<std::string> Ids(const std::vector<int>& rules) const {
    std::vector<std::string> ids;
    for (const int rule : rules) ids.push_back(pathway_->rule_source(rule).id());
    return ids;
  }
  std::vector<std::string> ToScore(const std::string& rule, int score) const {
    return Ids(ReactionsTo(*pathway_, {pathway_->FindRule(rule), std::nullopt, score, std::nullopt}));
  }
  std::vector<std::string> ToDone(const std::string& rule, bool done) const {
    return Ids(ReactionsTo(*pathway_, {pathway_->FindRule(rule), done, std::nullopt, std::nullopt}));
  }
  std::vector<std::string> ToChoice(const std::string& rule, int choice) const {
    return Ids(ReactionsTo(*pathway_, {pathway_->FindRule(rule), std::nullopt, std::nullopt, choice}));
  }
  std::vector<std::string> ToText(const std::string& text, const std::string& answered = "") const {
    const int rule = answered.empty() ? -1 : pathway_->FindRule(answered);
    return Ids(ReactionsToWords(*pathway_, WordListsIn(*pathway_, text), rule));
  }

  const std::shared_ptr<const CompiledPathway> pathway_ = CompileGood(Source());
};

TEST_F(ReactionsTest, AScoreSetsOffWhatNamesItsRuleAndItsBound) {
  EXPECT_THAT(ToScore("pain", 7), ElementsAre("high", "high-any"));
  EXPECT_THAT(ToScore("pain", 10), ElementsAre("high", "high-any"));
  EXPECT_THAT(ToScore("pain", 6), IsEmpty());
  EXPECT_THAT(ToScore("pain", 0), ElementsAre("low"));
  EXPECT_THAT(ToScore("pain", 1), IsEmpty());
  EXPECT_THAT(ToScore("pain2", 7), ElementsAre("high-any"));
}

TEST_F(ReactionsTest, AChoiceSetsOffWhatNamesItAndWhatReactsToAny) {
  EXPECT_THAT(ToChoice("swelling", 2), ElementsAre("worse", "next"));
  EXPECT_THAT(ToChoice("swelling", 1), ElementsAre("next"));
}

TEST_F(ReactionsTest, WhatIsCompletedWithoutAValueIsNoAnswer) {
  EXPECT_THAT(Ids(ReactionsTo(*pathway_, {pathway_->FindRule("swelling"), {}, {}, {}})), IsEmpty());
  EXPECT_THAT(Ids(ReactionsTo(*pathway_, {pathway_->FindRule("pain"), {}, {}, {}})), IsEmpty());
}

TEST_F(ReactionsTest, TheScoreOfAQuestionnaireSetsOffWhatNamesItAndItsBound) {
  EXPECT_THAT(Ids(ReactionsToScore(*pathway_, 0, 4)), ElementsAre("poor"));
  EXPECT_THAT(Ids(ReactionsToScore(*pathway_, 0, 4.000001)), IsEmpty());
  EXPECT_THAT(Ids(ReactionsToScore(*pathway_, 0, 9)), ElementsAre("good"));
  EXPECT_THAT(Ids(ReactionsToScore(*pathway_, 0, 11.5)), ElementsAre("good", "best"));
  EXPECT_THAT(Ids(ReactionsToScore(*pathway_, 1, 4)), IsEmpty());
}

TEST_F(ReactionsTest, DoneAndNotDoneSetOffOthers) {
  EXPECT_THAT(ToDone("walk", true), ElementsAre("walked"));
  EXPECT_THAT(ToDone("walk", false), ElementsAre("sat"));
}

TEST_F(ReactionsTest, SilenceSetsOffWhatWaitsForTheAnswer) {
  EXPECT_THAT(Ids(ReactionsToSilence(*pathway_, pathway_->FindRule("walk"))), ElementsAre("silent"));
  EXPECT_THAT(Ids(ReactionsToSilence(*pathway_, pathway_->FindRule("pain"))), ElementsAre("silent"));
  EXPECT_THAT(Ids(ReactionsToSilence(*pathway_, pathway_->FindRule("swelling"))), IsEmpty());
}

TEST_F(ReactionsTest, APhraseIsFoundWhateverCaseAccentsAndMarksItHas) {
  for (const char* text : {"chest pain", "I have CHEST  PAIN!", "my chest, pain", "chest-pain", "chest\npain",
                           "7 and chest pain", "😱 chest 😱 pain", "I can’t breathe", "i cant breathe", "Cafe", "CAFÉ",
                           "je suis tombé", "Je suis tombe hier"}) {
    EXPECT_THAT(ToText(text), ElementsAre("danger")) << text;
  }
}

TEST_F(ReactionsTest, AnInvisibleCharacterHidesNoWord) {
  ASSERT_FALSE(WordListsIn(*pathway_, "fever").empty());
  for (const char* hidden : {"\u00AD", "\u200B", "\u2060", "\uFEFF"}) {
    EXPECT_EQ(WordListsIn(*pathway_, absl::StrCat("fe", hidden, "ver")), WordListsIn(*pathway_, "fever")) << hidden;
  }
}

TEST_F(ReactionsTest, APhraseIsWholeWordsNextToEachOther) {
  for (const char* text : {"", "chest", "pain chest", "chest and pain", "chests pain", "painchest pains", "opus",
                           "I can breathe", "cafeteria"}) {
    EXPECT_THAT(ToText(text, "swelling"), IsEmpty()) << text;
  }
}

TEST_F(ReactionsTest, WordsOfAnAnswerCountOnlyForTheRulesThatAreNamed) {
  EXPECT_THAT(ToText("pus"), IsEmpty());
  EXPECT_THAT(ToText("pus", "pain"), IsEmpty());
  EXPECT_THAT(ToText("worse, with pus and FEVER", "swelling"), ElementsAre("wound"));
  EXPECT_THAT(ToText("pus, chest pain", "swelling"), ElementsAre("danger", "wound"));
  EXPECT_THAT(WordListsIn(*pathway_, "fever and chest pain"), ElementsAre(0, 1));
}

}  // namespace
}  // namespace aftercare::plan
