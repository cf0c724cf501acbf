// What a pathway may say about answers: choices, reactions, word lists, urgency and escalation.
#include "scheduler/plan/reaction_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// The rules, by index: 0 pain (score), 1 walk (done), 2 swelling (choice), 3 tip (asks nothing), 4 call (task),
// 5 worse (a message that reacts to `pain` and asks for a score).
v1::Pathway GoodPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Answers" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
    word_lists {
      id: "danger" display_name: "Signs of danger"
      words { locale: "en" words: "chest pain" words: "fever" }
      words { locale: "es" words: "fiebre" }
    }
    rules { id: "pain" phase: "p" category: "c" answer: ANSWER_KIND_SCORE
            schedule { daily {} times: "09:00" } texts { key: "en" value: "How bad?" } }
    rules { id: "walk" phase: "p" category: "c" answer: ANSWER_KIND_DONE
            schedule { daily {} times: "10:00" } texts { key: "en" value: "Walked?" } }
    rules {
      id: "swelling" phase: "p" category: "c" answer: ANSWER_KIND_CHOICE
      schedule { daily {} times: "11:00" } texts { key: "en" value: "How is it?" } texts { key: "es" value: "¿Cómo?" }
      choices { labels { key: "en" value: "Better" } labels { key: "es" value: "Mejor" } }
      choices { labels { key: "en" value: "The same" } labels { key: "es" value: "Igual" } }
      choices { labels { key: "en" value: "Worse" } labels { key: "es" value: "Peor" } }
    }
    rules { id: "tip" phase: "p" category: "c" schedule { times: "12:00" } texts { key: "en" value: "Rest." } }
    rules { id: "call" phase: "p" category: "c" audience: AUDIENCE_CARE_TEAM urgency: URGENCY_URGENT
            reaction { rules: "pain" score_at_least: 7 } schedule {}
            escalation { deadline { seconds: 3600 } category: "boss" urgency: URGENCY_EMERGENCY notify_team: "chief" }
            notify_team: "nurses"
            texts { key: "en" value: "Call {first_name}." } }
    rules { id: "worse" phase: "p" category: "c" answer: ANSWER_KIND_SCORE reaction { rules: "pain" score_at_least: 7 }
            schedule { on { days: 1 } times: "09:00" } texts { key: "en" value: "Still bad?" } }
  )pb");
}

std::vector<std::string> Faults(const v1::Pathway& pathway) {
  FieldErrors errors;
  const auto compiled = CompiledPathway::Compile(pathway, &errors);
  EXPECT_EQ(compiled != nullptr, errors.empty());
  return FieldsOf(errors);
}

// Faults of the good pathway after `text` is merged into one of its rules.
std::vector<std::string> FaultsOfRule(int rule, const std::string& text) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(rule)->MergeFrom(FromText<v1::Rule>(text));
  return Faults(pathway);
}

// Faults of the good pathway with `text` instead of the reaction of the task.
std::vector<std::string> FaultsOfReaction(const std::string& text) {
  v1::Pathway pathway = GoodPathway();
  *pathway.mutable_rules(4)->mutable_reaction() = FromText<v1::Reaction>(text);
  return Faults(pathway);
}

std::vector<std::string> FaultsOfSchedule(const std::string& text) {
  v1::Pathway pathway = GoodPathway();
  *pathway.mutable_rules(4)->mutable_schedule() = FromText<v1::Schedule>(text);
  return Faults(pathway);
}

TEST(ReactionCheckTest, AGoodPathwayIsCompiledWhole) {
  const auto pathway = CompileGood(GoodPathway());
  ASSERT_NE(pathway, nullptr);
  EXPECT_THAT(pathway->reactions(), ElementsAre(4, 5));
  EXPECT_EQ(pathway->word_list_count(), 1);
  EXPECT_THAT(pathway->word_list(0).phrases,
              ElementsAre(ElementsAre("chest", "pain"), ElementsAre("fever"), ElementsAre("fiebre")));
  EXPECT_EQ(pathway->rule(2).choices.size(), 3u);
  EXPECT_THAT(pathway->rule(2).choices[1], ElementsAre("the same", "igual"));
  const CompiledRule& call = pathway->rule(4);
  EXPECT_TRUE(call.at_answer);
  EXPECT_EQ(call.times.size(), 1u);
  EXPECT_EQ(call.urgency, v1::URGENCY_URGENT);
  EXPECT_TRUE(call.IgnoresClosedDays());
  ASSERT_EQ(call.escalation.size(), 1u);
  EXPECT_EQ(call.escalation[0].seconds, 3600);
  EXPECT_EQ(call.escalation[0].category, "boss");
  EXPECT_EQ(call.team, "nurses");
  EXPECT_EQ(call.escalation[0].team, "chief");
  EXPECT_EQ(call.reaction.kind, ReactionKind::kScoreAtLeast);
  EXPECT_EQ(call.reaction.value, 7);
  EXPECT_THAT(call.reaction.rules, ElementsAre(0));
  EXPECT_EQ(pathway->rule(0).urgency, v1::URGENCY_UNSPECIFIED);
  EXPECT_EQ(pathway->rule(5).on[0].days, 1);
}

TEST(ReactionCheckTest, ATaskWithoutUrgencyIsRoutine) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(4)->clear_urgency();
  EXPECT_EQ(CompileGood(pathway)->rule(4).urgency, v1::URGENCY_ROUTINE);
}

TEST(ReactionCheckTest, AWordListNeedsAnIdWordsAndLocalesOfItsOwn) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_word_lists()->MergeFrom(FromText<v1::Pathway>(R"pb(
    word_lists { id: "danger" words { locale: "en" words: "pus" } }
    word_lists { id: "Danger!" display_name: "a\nb" words { locale: "en" words: "pus" } }
    word_lists { id: "none" }
    word_lists { id: "words" words { locale: "english" words: "pus" } words { locale: "EN-us" }
                 words { locale: "en-US" words: "pus" } }
    word_lists { id: "marks" words { locale: "en" words: "..." words: "7" words: "" words: "a\tb" words: "7 up" } }
  )pb").word_lists());
  EXPECT_THAT(Faults(pathway),
              ElementsAre("word_lists[1].id", "word_lists[2].id", "word_lists[2].display_name", "word_lists[3].words",
                          "word_lists[4].words[0].locale", "word_lists[4].words[1].words",
                          "word_lists[4].words[2].locale", "word_lists[5].words[0].words[0]",
                          "word_lists[5].words[0].words[1]", "word_lists[5].words[0].words[2]",
                          "word_lists[5].words[0].words[3]"));
}

TEST(ReactionCheckTest, WordListsAreBoundedInNumberAndLength) {
  v1::Pathway pathway = GoodPathway();
  for (int i = 0; i < 20; ++i) {
    v1::WordList* list = pathway.add_word_lists();
    list->set_id(absl::StrCat("l", i));
    v1::LocalWords* words = list->add_words();
    words->set_locale("en");
    words->add_words(std::string(100, 'x'));
  }
  EXPECT_THAT(Faults(pathway), ElementsAre("word_lists"));
  pathway.mutable_word_lists()->RemoveLast();
  EXPECT_THAT(Faults(pathway), IsEmpty());
  v1::LocalWords* words = pathway.mutable_word_lists(1)->mutable_words(0);
  words->set_words(0, std::string(101, 'x'));
  EXPECT_THAT(Faults(pathway), ElementsAre("word_lists[1].words[0].words[0]"));
  words->set_words(0, "x");
  for (int i = 0; i < 200; ++i) words->add_words("x");
  EXPECT_THAT(Faults(pathway), ElementsAre("word_lists[1].words[0].words"));
  words->mutable_words()->RemoveLast();
  pathway.mutable_word_lists(1)->set_display_name(std::string(101, 'x'));
  EXPECT_THAT(Faults(pathway), ElementsAre("word_lists[1].display_name"));
}

TEST(ReactionCheckTest, AChoiceHasALabelInEachLanguageOfTheTexts) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(2)->mutable_choices(1)->mutable_labels()->erase("es");
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[2].choices[1].labels"));
  (*pathway.mutable_rules(2)->mutable_choices(1)->mutable_labels())["ES"] = "Igual";
  EXPECT_THAT(Faults(pathway), IsEmpty()) << "a locale counts in any case";
  (*pathway.mutable_rules(2)->mutable_choices(1)->mutable_labels())["fr"] = "Pareil";
  EXPECT_THAT(Faults(pathway), IsEmpty()) << "other languages may have labels too";
}

TEST(ReactionCheckTest, LabelsAreOneWordAtLeastAndOfOneChoiceOnly) {
  const auto with = [](const std::string& label) {
    v1::Pathway pathway = GoodPathway();
    (*pathway.mutable_rules(2)->mutable_choices(2)->mutable_labels())["en"] = label;
    return Faults(pathway);
  };
  for (const char* label : {"", "2", "- ?", "a\nb"}) {
    EXPECT_THAT(with(label), ElementsAre("rules[2].choices[2].labels[\"en\"]")) << label;
  }
  EXPECT_THAT(with(std::string(61, 'x')), ElementsAre("rules[2].choices[2].labels[\"en\"]"));
  EXPECT_THAT(with(std::string(60, 'x')), IsEmpty());
  EXPECT_THAT(with("the SAME!"), ElementsAre("rules[2].choices[2].labels[\"en\"]"));
  EXPECT_THAT(with("Mejor"), ElementsAre("rules[2].choices[2].labels[\"en\"]")) << "of another language";
  EXPECT_THAT(with("Peor"), IsEmpty()) << "one choice may be called the same in two languages";
  v1::Pathway pathway = GoodPathway();
  (*pathway.mutable_rules(2)->mutable_choices(0)->mutable_labels())["spanish"] = "Bien";
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[2].choices[0].labels[\"spanish\"]"));
}

TEST(ReactionCheckTest, OnlyAQuestionForAChoiceHasTwoToNineChoices) {
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(2)->clear_choices();
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[2].choices"));
  pathway = GoodPathway();
  pathway.mutable_rules(2)->mutable_choices()->DeleteSubrange(1, 2);
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[2].choices"));
  pathway = GoodPathway();
  for (int i = 4; i <= 10; ++i) {
    v1::Choice* choice = pathway.mutable_rules(2)->add_choices();
    (*choice->mutable_labels())["en"] = (*choice->mutable_labels())["es"] = absl::StrCat("label ", i);
  }
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[2].choices"));
  pathway.mutable_rules(2)->mutable_choices()->RemoveLast();
  EXPECT_THAT(Faults(pathway), IsEmpty());
  pathway.mutable_rules(2)->set_answer(v1::ANSWER_KIND_SCORE);
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[2].choices"));
}

TEST(ReactionCheckTest, OnlyTasksHaveUrgencyEscalationAndATeam) {
  EXPECT_THAT(FaultsOfRule(3, "urgency: URGENCY_ROUTINE notify_team: 'a' escalation { deadline { seconds: 60 } }"),
              ElementsAre("rules[3].urgency", "rules[3].notify_team", "rules[3].escalation"));
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(4)->set_urgency(static_cast<v1::Urgency>(9));
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[4].urgency"));
}

TEST(ReactionCheckTest, ATeamIsNamedByAnId) {
  EXPECT_THAT(FaultsOfRule(4, "notify_team: 'On call' escalation { deadline { seconds: 60 } notify_team: '-' }"),
              ElementsAre("rules[4].notify_team", "rules[4].escalation[1].notify_team"));
}

TEST(ReactionCheckTest, AStepOfAnEscalationHasADeadlineAndKnownWords) {
  EXPECT_THAT(FaultsOfRule(4, R"(escalation { } escalation { deadline { seconds: 59 } category: "No!" }
                                 escalation { deadline { seconds: 31622401 } }
                                 escalation { deadline { seconds: 60 nanos: 1 } }
                                 escalation { deadline { seconds: 31622400 } })"),
              ElementsAre("rules[4].escalation[1].deadline", "rules[4].escalation[2].deadline",
                          "rules[4].escalation[2].category", "rules[4].escalation[3].deadline",
                          "rules[4].escalation[4].deadline"));
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(4)->mutable_escalation(0)->set_urgency(static_cast<v1::Urgency>(9));
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[4].escalation[0].urgency"));
  pathway = GoodPathway();
  for (int i = 0; i < 10; ++i) pathway.mutable_rules(4)->add_escalation()->mutable_deadline()->set_seconds(60);
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[4].escalation"));
  pathway.mutable_rules(4)->mutable_escalation()->RemoveLast();
  EXPECT_THAT(Faults(pathway), IsEmpty());
}

TEST(ReactionCheckTest, AReactionNamesItsConditionAndItsRules) {
  EXPECT_THAT(FaultsOfReaction("rules: 'pain'"), Contains("rules[4].reaction"));
  EXPECT_THAT(FaultsOfReaction("score_at_least: 7"), ElementsAre("rules[4].reaction.rules"));
  EXPECT_THAT(FaultsOfReaction("no_answer: true"), ElementsAre("rules[4].reaction.rules"));
  EXPECT_THAT(FaultsOfReaction("rules: 'pain' rules: 'nothing' rules: 'pain' score_at_least: 7"),
              ElementsAre("rules[4].reaction.rules[1]", "rules[4].reaction.rules[2]"));
  v1::Pathway pathway = GoodPathway();
  for (int i = 0; i < 51; ++i) {
    *pathway.add_rules() = pathway.rules(0);
    pathway.mutable_rules(6 + i)->set_id(absl::StrCat("pain-", i));
    if (i > 0) pathway.mutable_rules(4)->mutable_reaction()->add_rules(absl::StrCat("pain-", i));
  }
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[4].reaction.rules"));
}

TEST(ReactionCheckTest, AnEffectNamesAGroupOrAFactorAndItsValue) {
  v1::Pathway pathway = GoodPathway();
  pathway.MergeFrom(FromText<v1::Pathway>(R"pb(
    factors { id: "course" values: "plain" values: "hard" }
    factors { id: "smoker" values: "yes" }
    groups { id: "g" }
  )pb"));
  pathway.mutable_rules(0)->set_group("g");
  v1::Rule& call = *pathway.mutable_rules(4);
  *call.add_conditions() = FromText<v1::Condition>("factor: 'smoker' values: 'yes'");
  const auto faults = [&](const std::string& effect) {
    *call.mutable_reaction() = FromText<v1::Reaction>("rules: 'pain' score_at_least: 7 " + effect);
    return Faults(pathway);
  };
  EXPECT_THAT(faults("end_group: 'g'"), IsEmpty());
  EXPECT_THAT(faults("set_factor { factor: 'course' value: 'hard' }"), IsEmpty());
  EXPECT_THAT(faults("end_group: 'none'"), ElementsAre("rules[4].reaction.end_group"));
  EXPECT_THAT(faults("set_factor {}"), ElementsAre("rules[4].reaction.set_factor.factor"));
  EXPECT_THAT(faults("set_factor { factor: 'course' value: 'easy' }"),
              ElementsAre("rules[4].reaction.set_factor.value"));
  EXPECT_THAT(faults("set_factor { factor: 'smoker' value: 'yes' }"),
              ElementsAre("rules[4].reaction.set_factor.factor"))
      << "it would take away the task that tells of it";
  call.clear_conditions();
  call.clear_urgency();
  call.clear_escalation();
  call.clear_notify_team();
  call.set_audience(v1::AUDIENCE_PATIENT);
  EXPECT_THAT(faults("end_group: 'g'"), ElementsAre("rules[4].reaction.end_group"));
  EXPECT_THAT(faults("set_factor { factor: 'course' value: 'hard' }"), ElementsAre("rules[4].reaction.set_factor"));
}

TEST(ReactionCheckTest, AConditionIsWithinItsLimits) {
  EXPECT_THAT(FaultsOfReaction("rules: 'pain' score_at_least: 11"), ElementsAre("rules[4].reaction.rules[0]"));
  EXPECT_THAT(FaultsOfReaction("rules: 'pain' score_at_most: -1"), ElementsAre("rules[4].reaction.rules[0]"));
  EXPECT_THAT(FaultsOfReaction("rules: 'pain' score_at_most: 0"), IsEmpty());
  EXPECT_THAT(FaultsOfReaction("rules: 'pain' no_answer: false"), ElementsAre("rules[4].reaction.no_answer"));
  EXPECT_THAT(FaultsOfReaction("rules: 'swelling' choice: 0"), ElementsAre("rules[4].reaction.choice"));
  EXPECT_THAT(FaultsOfReaction("rules: 'swelling' choice: 4"), ElementsAre("rules[4].reaction.rules[0]"));
  EXPECT_THAT(FaultsOfReaction("rules: 'swelling' choice: 3"), IsEmpty());
  EXPECT_THAT(FaultsOfReaction("word_list: 'nothing'"), ElementsAre("rules[4].reaction.word_list"));
  EXPECT_THAT(FaultsOfReaction("word_list: 'danger'"), IsEmpty());
}

TEST(ReactionCheckTest, ARuleMayReactToTheChoicesOfALaterOne) {
  v1::Pathway pathway = GoodPathway();
  *pathway.mutable_rules(4)->mutable_reaction() = FromText<v1::Reaction>("rules: 'swelling' choice: 3");
  pathway.mutable_rules()->SwapElements(2, 4);
  EXPECT_THAT(Faults(pathway), IsEmpty());
}

TEST(ReactionCheckTest, TheRulesOfAReactionAskPatientsForItsKindOfAnswer) {
  const char kRule[] = "rules[4].reaction.rules[0]";
  for (const char* wrong :
       {"rules: 'walk' score_at_least: 1", "rules: 'swelling' score_at_most: 1", "rules: 'pain' choice: 1",
        "rules: 'pain' done: true", "rules: 'swelling' done: false", "rules: 'tip' no_answer: true",
        "rules: 'call' no_answer: true", "rules: 'call' word_list: 'danger'", "rules: 'tip' score_at_least: 1"}) {
    EXPECT_THAT(FaultsOfReaction(wrong), Contains(kRule)) << wrong;
  }
  for (const char* right :
       {"rules: 'walk' done: false", "rules: 'pain' rules: 'walk' rules: 'swelling' no_answer: true",
        "rules: 'tip' word_list: 'danger'"}) {
    EXPECT_THAT(FaultsOfReaction(right), IsEmpty()) << right;
  }
}

TEST(ReactionCheckTest, AReactionIsNeitherOfAVisitNorOfAGroupNorOfWhatWasNeverTold) {
  v1::Pathway pathway = GoodPathway();
  pathway.MergeFrom(FromText<v1::Pathway>(R"(visits { id: "v" display_name: "V" target { days: 5 } }
                                             groups { id: "g" })"));
  pathway.mutable_rules(0)->set_group("g");
  pathway.mutable_rules(4)->mutable_schedule()->add_on()->set_days(0);
  pathway.mutable_rules(4)->MergeFrom(FromText<v1::Rule>(
      R"(visit { visit: "v" state: VISIT_STATE_BOOKED } group: "g" on_never_told: true)"));
  const std::vector<std::string> faults = Faults(pathway);
  for (const char* field : {"rules[4].visit", "rules[4].group", "rules[4].on_never_told"}) {
    EXPECT_THAT(faults, Contains(field));
  }
}

TEST(ReactionCheckTest, TheScheduleOfAReactionIsOneDayAndNoRepetition) {
  EXPECT_THAT(FaultsOfSchedule("on { days: 0 } on { days: 1 }"), ElementsAre("rules[4].schedule.on"));
  EXPECT_THAT(FaultsOfSchedule("on { days: -1 }"), ElementsAre("rules[4].schedule.on[0].days"));
  EXPECT_THAT(FaultsOfSchedule("on { days: 367 }"), ElementsAre("rules[4].schedule.on[0].days"));
  EXPECT_THAT(FaultsOfSchedule("on { months: 1 }"), ElementsAre("rules[4].schedule.on[0].months"));
  EXPECT_THAT(FaultsOfSchedule("on { days: 366 } times: '08:00' times: '20:00'"), IsEmpty()) << "outside the phase too";
  EXPECT_THAT(FaultsOfSchedule("daily {}"), ElementsAre("rules[4].schedule.daily"));
  EXPECT_THAT(FaultsOfSchedule("span { days { first: 1 last: 2 } } weekly {}"),
              ElementsAre("rules[4].schedule.span", "rules[4].schedule.weekly"));
  EXPECT_THAT(FaultsOfSchedule("window { until: '12:00' }"), ElementsAre("rules[4].schedule.window.until"));
  EXPECT_THAT(FaultsOfSchedule("times: '09:00' window { until: '12:00' }"), IsEmpty());
  v1::Pathway pathway = GoodPathway();
  pathway.mutable_rules(3)->clear_schedule();
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[3].schedule.times")) << "only a reaction may have no times";
}

TEST(ReactionCheckTest, ReactionsMustNotFormALoop) {
  EXPECT_THAT(FaultsOfRule(5, "reaction { rules: 'worse' }"), ElementsAre("rules[5].reaction.rules")) << "of one";
  v1::Pathway pathway = GoodPathway();  // worse <- b <- c <- worse
  for (const char* id : {"b", "c"}) {
    *pathway.add_rules() = pathway.rules(5);
    pathway.mutable_rules()->rbegin()->set_id(id);
  }
  pathway.mutable_rules(6)->mutable_reaction()->set_rules(0, "worse");
  pathway.mutable_rules(7)->mutable_reaction()->set_rules(0, "b");
  EXPECT_THAT(Faults(pathway), IsEmpty()) << "a chain is none";
  pathway.mutable_rules(7)->mutable_reaction()->add_rules("worse");
  EXPECT_THAT(Faults(pathway), IsEmpty()) << "nor are two ways to one rule";
  pathway.mutable_rules(5)->mutable_reaction()->add_rules("c");
  EXPECT_THAT(Faults(pathway), testing::Each(testing::MatchesRegex("rules\\[[567]\\].reaction.rules")));
  EXPECT_FALSE(Faults(pathway).empty());
}

TEST(ReactionCheckTest, AReactionCountsAHundredTimes) {
  v1::Pathway pathway = GoodPathway();
  for (int i = 0; i < 197; ++i) {  // With the two that are there 199 times 100, and the other rules 31 times.
    *pathway.add_rules() = pathway.rules(4);
    pathway.mutable_rules()->rbegin()->set_id(absl::StrCat("call-", i));
  }
  EXPECT_THAT(Faults(pathway), IsEmpty());
  *pathway.mutable_rules(4)->mutable_schedule() = FromText<v1::Schedule>("times: '09:00' times: '10:00'");
  EXPECT_THAT(Faults(pathway), ElementsAre("rules"));
}

}  // namespace
}  // namespace aftercare::plan
