#include "scheduler/plan/groups.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A check-in each Tuesday with a nudge the day after, and more rules where a test wants them.
v1::Pathway CheckIns(const std::string& more = "") {
  return FromText<v1::Pathway>(R"(
      display_name: "Check-ins" default_locale: "en"
      factors { id: "way" values: "a" values: "b" default_value: "a" }
      phases { id: "p" display_name: "Phase" span { days { first: 1 last: 21 } } }
      visits { id: "v" display_name: "Visit" target { days: 10 } }
      groups { id: "g" silence { seconds: 86400 } }
      rules { id: "ask" phase: "p" category: "c" group: "g" answer: ANSWER_KIND_SCORE
              schedule { weekly { weekdays: WEEKDAY_TUESDAY } times: "10:00" } texts { key: "en" value: "How is it?" } }
      rules { id: "nudge" phase: "p" category: "c" group: "g" answer: ANSWER_KIND_SCORE
              schedule { weekly { weekdays: WEEKDAY_WEDNESDAY } times: "10:00" } texts { key: "en" value: "And?" } }
      )" + more);
}

v1::Rule MoreRule(const std::string& fields) {
  auto rule = FromText<v1::Rule>(R"(
      phase: "p" category: "c" schedule { on { days: 3 } times: "10:00" } texts { key: "en" value: "Text" })");
  rule.MergeFrom(FromText<v1::Rule>(fields));
  return rule;
}

std::vector<std::string> Faults(const v1::Pathway& pathway) {
  FieldErrors errors;
  CompiledPathway::Compile(pathway, &errors);
  return LinesOf(errors);
}

std::vector<std::string> Members(const v1::Pathway& pathway, const PatientFacts& facts) {
  std::vector<std::string> lines;
  const auto compiled = CompileGood(pathway);
  for (const GroupMember& member : MembersOf(*compiled, facts, 0)) {
    lines.push_back(absl::StrCat(compiled->rule_source(member.occurrence.rule).id(), ".", member.occurrence.number,
                                 " in ", member.instance));
  }
  return lines;
}

TEST(GroupsTest, EachOccurrenceOfTheFirstRuleBeginsAnInstance) {
  EXPECT_THAT(Members(CheckIns(), FactsFor("2029-03-05", "UTC")),  // A Monday.
              ElementsAre("ask.1 in 1", "nudge.1 in 1", "ask.2 in 2", "nudge.2 in 2", "ask.3 in 3", "nudge.3 in 3"));
}

TEST(GroupsTest, WhatIsBeforeTheFirstIsOnItsOwn) {
  EXPECT_THAT(Members(CheckIns(), FactsFor("2029-03-06", "UTC")),  // The day after is a Wednesday.
              ElementsAre("nudge.1 in 0", "ask.1 in 1", "nudge.2 in 1", "ask.2 in 2", "nudge.3 in 2", "ask.3 in 3"));
}

TEST(GroupsTest, NominalTimesTellNotWhenItIsDue) {
  // Contact hours move both to the same time, on Thursdays.
  v1::Pathway pathway = CheckIns();
  pathway.mutable_rules(0)->mutable_schedule()->mutable_window()->set_days(3);
  pathway.mutable_rules(1)->mutable_schedule()->mutable_window()->set_days(3);
  PatientFacts facts = FactsFor("2029-03-05", "UTC");
  FieldErrors errors;
  facts.hours = ContactHours::Read(FromText<v1::ContactHours>(R"(
      openings { weekdays: WEEKDAY_THURSDAY opens: "08:00" closes: "09:00" })"), "contact_hours", &errors);
  ASSERT_THAT(errors, IsEmpty());
  EXPECT_THAT(Members(pathway, facts),
              ElementsAre("ask.1 in 1", "nudge.1 in 1", "ask.2 in 2", "nudge.2 in 2", "ask.3 in 3", "nudge.3 in 3"));
}

TEST(GroupsTest, TheFirstRuleIsTheFirstThatAppliesToThePatient) {
  v1::Pathway pathway = CheckIns();
  *pathway.mutable_rules(0)->add_conditions() = FromText<v1::Condition>(R"(factor: "way" values: "b")");
  *pathway.add_rules() = MoreRule(R"(id: "last" group: "g")");
  PatientFacts facts = FactsFor("2029-03-05", "UTC");
  facts.rules.reset(0);
  EXPECT_THAT(Members(pathway, facts), ElementsAre("nudge.1 in 1", "last.1 in 1", "nudge.2 in 2", "nudge.3 in 3"));
}

TEST(GroupsTest, AtOneTimeTheFirstRuleComesFirst) {
  v1::Pathway pathway = CheckIns();
  *pathway.add_rules() = MoreRule(R"(id: "same" group: "g")");
  pathway.mutable_rules(2)->mutable_schedule()->mutable_on(0)->set_days(1);
  EXPECT_THAT(Members(pathway, FactsFor("2029-03-05", "UTC")),
              ElementsAre("ask.1 in 1", "same.1 in 1", "nudge.1 in 1", "ask.2 in 2", "nudge.2 in 2", "ask.3 in 3",
                          "nudge.3 in 3"));
}

TEST(GroupsTest, RulesOfOtherGroupsAndOfNoneDoNotBelong) {
  v1::Pathway pathway = CheckIns(R"(groups { id: "h" })");
  *pathway.add_rules() = MoreRule(R"(id: "other" group: "h")");
  *pathway.add_rules() = MoreRule(R"(id: "none")");
  EXPECT_EQ(Members(pathway, FactsFor("2029-03-05", "UTC")).size(), 6u);
}

TEST(GroupsTest, APathwayWithGroupsAndAnswersIsCompiled) {
  const auto pathway = CompileGood(CheckIns());
  ASSERT_NE(pathway, nullptr);
  EXPECT_EQ(pathway->rule(0).answer, v1::ANSWER_KIND_SCORE);
  EXPECT_EQ(pathway->rule(1).group, 0);
  EXPECT_EQ(pathway->group(0).silence, 86400);
  EXPECT_EQ(CompileGood(OneRulePathway("days { first: 1 last: 2 }", R"(daily {} times: "10:00")"))->rule(0).group, -1);
}

TEST(GroupsTest, EveryFaultOfAGroupIsNamed) {
  v1::Pathway pathway = CheckIns(R"(groups { id: "g" }
                                    groups { id: "G!" silence { seconds: -1 } }
                                    groups { id: "long" silence { seconds: 31622401 } }
                                    groups { id: "split" silence { nanos: 1 } })");
  EXPECT_THAT(Faults(pathway),
              ElementsAre("groups[1].id must be unique; 'g' is there already",
                          "groups[2].id must be 1 to 40 lower-case letters, digits, '_' and '-', beginning with a letter",
                          "groups[2].silence must be 0 to 366 days, in whole seconds",
                          "groups[3].silence must be 0 to 366 days, in whole seconds",
                          "groups[4].silence must be 0 to 366 days, in whole seconds",
                          "groups[1].id must be named by one of the rules",
                          "groups[2].id must be named by one of the rules",
                          "groups[3].id must be named by one of the rules",
                          "groups[4].id must be named by one of the rules"));
  pathway = CheckIns();
  pathway.mutable_groups(0)->mutable_silence()->set_seconds(366 * 86400);
  EXPECT_THAT(Faults(pathway), IsEmpty());
  for (int i = 0; i < 50; ++i) pathway.add_groups()->set_id(absl::StrCat("more-", i));
  EXPECT_THAT(Faults(pathway), testing::Contains("groups must have at most 50"));
}

TEST(GroupsTest, EveryFaultOfARuleInAGroupIsNamed) {
  v1::Pathway pathway = CheckIns();
  *pathway.add_rules() = MoreRule(R"(id: "lost" group: "nowhere")");
  *pathway.add_rules() = MoreRule(R"(id: "task" audience: AUDIENCE_CARE_TEAM group: "g" answer: ANSWER_KIND_DONE)");
  *pathway.add_rules() = MoreRule(R"(id: "visit" group: "g" visit { visit: "v" state: VISIT_STATE_UNBOOKED })");
  *pathway.add_rules() = MoreRule(R"(id: "odd")");
  pathway.mutable_rules(5)->set_answer(static_cast<v1::AnswerKind>(9));
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[2].group must be the id of one of the groups",
                                           "rules[3].answer must not be set for a task of the care team",
                                           "rules[3].group must not be set for a task of the care team",
                                           "rules[4].group must hold rules of one anchor; 'ask' counts from another",
                                           "rules[5].answer must be a known kind of answer"));
}

TEST(GroupsTest, RulesOfOneVisitInOneStateMayBeAGroup) {
  v1::Pathway pathway = CheckIns(R"(groups { id: "h" })");
  *pathway.add_rules() = MoreRule(R"(id: "a" group: "h" visit { visit: "v" state: VISIT_STATE_ATTENDED })");
  *pathway.add_rules() = MoreRule(R"(id: "b" group: "h" visit { visit: "v" state: VISIT_STATE_ATTENDED })");
  EXPECT_THAT(Faults(pathway), IsEmpty());
  pathway.mutable_rules(3)->mutable_visit()->set_state(v1::VISIT_STATE_BOOKED);
  EXPECT_THAT(Faults(pathway), ElementsAre("rules[3].group must hold rules of one anchor; 'a' counts from another"));
}

}  // namespace
}  // namespace aftercare::plan
