// Conditions on what a patient answered.
#include "scheduler/plan/answers/observed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;

const absl::CivilDay kToday(2029, 3, 20);

// A pathway with the rules 0 pain (score), 1 walk (done) and 2 tip, which has this condition.
std::shared_ptr<const CompiledPathway> PathwayWith(const std::string& condition) {
  auto pathway = FromText<v1::Pathway>(R"pb(
    display_name: "Answers" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
    rules { id: "pain" phase: "p" category: "pain" answer: ANSWER_KIND_SCORE
            schedule { daily {} times: "09:00" } texts { key: "en" value: "How bad?" } }
    rules { id: "walk" phase: "p" category: "walk" answer: ANSWER_KIND_DONE
            schedule { daily {} times: "10:00" } texts { key: "en" value: "Walked?" } }
    rules { id: "tip" phase: "p" category: "tip" schedule { times: "12:00" } texts { key: "en" value: "Rest." } }
  )pb");
  *pathway.mutable_rules(2)->add_observed() = FromText<v1::ObservedCondition>(condition);
  FieldErrors errors;
  auto compiled = CompiledPathway::Compile(pathway, &errors);
  EXPECT_NE(compiled, nullptr);
  return compiled;
}

// A question of `days_ago`, sent on its day. `done`: the answer; nothing if there is none.
AskingMessage Asked(int days_ago, std::optional<bool> done, v1::AnswerKind kind = v1::ANSWER_KIND_DONE) {
  AskingMessage message;
  message.category = kind == v1::ANSWER_KIND_DONE ? "walk" : "pain";
  message.phase = "p";
  message.answer = kind;
  message.due_day = kToday - days_ago;
  message.due = absl::FromCivil(message.due_day, absl::UTCTimeZone());
  message.sent_day = message.due_day;
  if (done) message.given = RecordedAnswer{message.due + absl::Hours(1), message.due_day, !*done};
  return message;
}

v1::Observation ObserveOne(const std::string& condition, const Observed& observed) {
  const auto pathway = PathwayWith(condition);
  return Observe(*pathway, 2, observed).at(0);
}

Observed Walks(const std::vector<std::optional<bool>>& walks) {
  Observed observed;
  observed.last_day = kToday - 1;
  for (size_t i = 0; i < walks.size(); ++i) observed.messages.push_back(Asked(static_cast<int>(i) + 1, walks[i]));
  return observed;
}

TEST(ObservedTest, ABoundOfAdherenceIsExact) {
  const Observed third = Walks({true, false, std::nullopt});
  EXPECT_TRUE(ObserveOne("adherence { category: 'walk' days: 7 below: 34 }", third).held());
  EXPECT_FALSE(ObserveOne("adherence { category: 'walk' days: 7 below: 33 }", third).held()) << "a third is above 33 %";
  EXPECT_TRUE(ObserveOne("adherence { category: 'walk' days: 7 at_least: 33 }", third).held());
  EXPECT_FALSE(ObserveOne("adherence { category: 'walk' days: 7 at_least: 34 }", third).held());
  EXPECT_EQ(ObserveOne("adherence { days: 7 below: 34 }", third).percent(), 33);
  EXPECT_EQ(ObserveOne("adherence { days: 7 below: 34 }", third).asked(), 3);
}

TEST(ObservedTest, NothingIsConcludedFromTooLittle) {
  const Observed two = Walks({false, false});
  EXPECT_TRUE(ObserveOne("adherence { days: 7 below: 50 min_asked: 2 }", two).held());
  EXPECT_FALSE(ObserveOne("adherence { days: 7 below: 50 min_asked: 3 }", two).held());
  EXPECT_TRUE(ObserveOne("adherence { days: 7 below: 50 min_asked: 3 } unless: true", two).held());
  EXPECT_FALSE(ObserveOne("adherence { days: 7 below: 50 }", Walks({})).held());
  EXPECT_FALSE(ObserveOne("adherence { days: 7 below: 50 }", Walks({})).has_percent());
  EXPECT_FALSE(ObserveOne("adherence { category: 'pain' days: 7 below: 50 }", two).held()) << "of another category";
}

TEST(ObservedTest, OnlyThePeriodCounts) {
  Observed observed = Walks({true, true, true});
  for (int i = 8; i < 20; ++i) observed.messages.push_back(Asked(i, false));
  EXPECT_TRUE(ObserveOne("adherence { days: 7 at_least: 100 }", observed).held());
  EXPECT_FALSE(ObserveOne("adherence { days: 14 at_least: 100 }", observed).held());
  EXPECT_EQ(ObserveOne("adherence { at_least: 100 }", observed).asked(), 15);
}

TEST(ObservedTest, AnsweredCountsQuestionsOfEveryKind) {
  Observed observed = Walks({false, std::nullopt});
  observed.messages.push_back(Asked(1, true, v1::ANSWER_KIND_SCORE));
  EXPECT_EQ(ObserveOne("adherence { measure: ADHERENCE_MEASURE_ANSWERED below: 67 }", observed).percent(), 66);
  EXPECT_TRUE(ObserveOne("adherence { measure: ADHERENCE_MEASURE_ANSWERED below: 67 }", observed).held());
  EXPECT_EQ(ObserveOne("adherence { measure: ADHERENCE_MEASURE_ANSWERED below: 67 }", observed).asked(), 3);
}

TEST(ObservedTest, TheLastAnswersMustAllSayIt) {
  Observed observed;
  const auto at = [](int hour) { return absl::FromCivil(kToday, absl::UTCTimeZone()) + absl::Hours(hour); };
  observed.answers = {{0, at(1), 9}, {0, at(3), 7}, {0, at(2), 2}, {1, at(4), 0}};
  EXPECT_TRUE(ObserveOne("answers { rules: 'pain' score_at_least: 7 }", observed).held());
  EXPECT_FALSE(ObserveOne("answers { rules: 'pain' last: 2 score_at_least: 7 }", observed).held());
  EXPECT_TRUE(ObserveOne("answers { rules: 'pain' last: 3 score_at_least: 2 }", observed).held());
  EXPECT_FALSE(ObserveOne("answers { rules: 'pain' last: 4 score_at_least: 0 }", observed).held()) << "there are three";
  EXPECT_TRUE(ObserveOne("answers { rules: 'walk' done: false }", observed).held());
  EXPECT_FALSE(ObserveOne("answers { rules: 'walk' done: true }", observed).held());
  EXPECT_THAT(ObserveOne("answers { rules: 'pain' last: 2 score_at_most: 5 }", observed).answers(), ElementsAre(7, 2));
}

TEST(ObservedTest, TheOrderInWhichThingsAreGivenMakesNoDifference) {
  std::mt19937 random(20290320);
  for (int run = 0; run < 200; ++run) {
    Observed observed = Walks({true, false, true, std::nullopt, true});
    for (int i = 0; i < 6; ++i) {
      observed.answers.push_back({0, absl::FromUnixSeconds(static_cast<int>(random() % 3)), static_cast<int>(random() % 10)});
    }
    Observed shuffled = observed;
    std::shuffle(shuffled.answers.begin(), shuffled.answers.end(), random);
    std::shuffle(shuffled.messages.begin(), shuffled.messages.end(), random);
    for (const char* condition : {"adherence { days: 7 below: 60 }", "answers { rules: 'pain' last: 3 score_at_least: 4 }"}) {
      EXPECT_EQ(ObserveOne(condition, observed).SerializeAsString(), ObserveOne(condition, shuffled).SerializeAsString());
    }
  }
}

}  // namespace
}  // namespace aftercare::plan
