#include "scheduler/plan/series_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/plan/random_plan.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// Returns a pathway with two rules, `a` and `b`, of one series. Each is given its conditions, visit and schedule, in
// text format.
v1::Pathway TwoRules(const std::string& a, const std::string& b) {
  const auto rule = [](const std::string& id, const std::string& fields) {
    return absl::StrCat("rules { id: '", id,
                        "' phase: 'year' category: 'c' series: 's' texts { key: 'en' value: 'T' } ", fields, " }");
  };
  return FromText<v1::Pathway>(absl::StrCat(R"(
      display_name: "Two rules" default_locale: "en"
      factors { id: "severity" values: ["mild", "moderate", "severe"] }
      factors { id: "smoker" values: ["true", "false"] }
      visits { id: "early" display_name: "Early" target { days: 45 } }
      visits { id: "late" display_name: "Late" target { months: 6 } }
      phases { id: "year" display_name: "Year" span { days { first: 0 last: 500 } } }
      )",
                                            rule("a", a), rule("b", b)));
}

// Returns the ways in which the two rules meet.
std::vector<SeriesOverlap> Overlaps(const std::string& a, const std::string& b) {
  return FindSeriesOverlaps(*CompileGood(TwoRules(a, b)), 100);
}

bool Meet(const std::string& a, const std::string& b) {
  const bool meet = !Overlaps(a, b).empty();
  EXPECT_EQ(!Overlaps(b, a).empty(), meet) << "the order of the rules makes no difference";
  return meet;
}

constexpr char kNoonOfDay7[] = "schedule { on { days: 7 } times: '12:00' }";

TEST(SeriesCheckTest, RulesForTheSamePatientsAtTheSameTimeMeet) {
  const auto overlaps = Overlaps("schedule { daily {} times: ['08:00', '12:00'] }", kNoonOfDay7);
  ASSERT_EQ(overlaps.size(), 1u);
  EXPECT_EQ(overlaps[0].first, 0);
  EXPECT_EQ(overlaps[0].second, 1);
  EXPECT_EQ(overlaps[0].day, 7);
  EXPECT_EQ(overlaps[0].minute, 12 * 60);
  EXPECT_THAT(overlaps[0].factors, IsEmpty());
}

TEST(SeriesCheckTest, RulesOfDifferentSeriesDoNotMeet) {
  v1::Pathway pathway = TwoRules(kNoonOfDay7, kNoonOfDay7);
  pathway.mutable_rules(1)->set_series("other");
  EXPECT_THAT(FindSeriesOverlaps(*CompileGood(pathway), 100), IsEmpty());
  pathway.mutable_rules(1)->set_series("a");
  pathway.mutable_rules(0)->clear_series();
  EXPECT_EQ(FindSeriesOverlaps(*CompileGood(pathway), 100).size(), 1u) << "a rule's id is its series by default";
}

TEST(SeriesCheckTest, VariantsThatExcludeEachOtherByAFactorDoNotMeet) {
  const auto with = [](const std::string& conditions) { return absl::StrCat(conditions, " ", kNoonOfDay7); };
  const std::string mild = with("conditions { factor: 'severity' values: 'mild' }");
  const std::string milder = with("conditions { factor: 'severity' values: ['moderate', 'mild'] }");
  const std::string severe = with("conditions { factor: 'severity' values: 'severe' }");
  const std::string smoker = with("conditions { factor: 'smoker' values: 'true' }");
  EXPECT_FALSE(Meet(mild, severe));
  EXPECT_FALSE(Meet(milder, severe));
  EXPECT_TRUE(Meet(mild, milder));
  EXPECT_TRUE(Meet(mild, kNoonOfDay7));
  EXPECT_TRUE(Meet(severe, smoker));
  EXPECT_THAT(Overlaps(milder, smoker)[0].factors, ElementsAre(Pair(0, 0), Pair(1, 0))) << "mild and smoking";
  EXPECT_FALSE(Meet(with("conditions { factor: 'severity' values: ['mild', 'moderate'] }"
                         "conditions { factor: 'severity' values: ['moderate', 'severe'] }"),
                    mild))
      << "conditions of one rule hold all";
}

TEST(SeriesCheckTest, RulesAtOtherTimesOrOnOtherDaysDoNotMeet) {
  EXPECT_FALSE(Meet("schedule { daily {} times: '08:00' }", kNoonOfDay7));
  EXPECT_FALSE(Meet("schedule { on { days: 6 } on { days: 8 } times: '12:00' }", kNoonOfDay7));
  EXPECT_FALSE(Meet("schedule { span { days { first: 8 last: 500 } } daily {} times: '12:00' }", kNoonOfDay7));
  EXPECT_FALSE(Meet("schedule { daily { interval: 2 } times: '12:00' }", kNoonOfDay7));
  EXPECT_FALSE(Meet("schedule { weekly { weekdays: WEEKDAY_TUESDAY } times: '12:00' }",
                    "schedule { weekly { weekdays: WEEKDAY_FRIDAY } times: '12:00' }"));
  EXPECT_TRUE(Meet("schedule { weekly { interval: 2 weekdays: WEEKDAY_TUESDAY } times: '12:00' }",
                   "schedule { weekly { weekdays: [WEEKDAY_TUESDAY, WEEKDAY_FRIDAY] } times: '12:00' }"));
  EXPECT_FALSE(Meet("schedule { span { months { first: 1 last: 3 } } daily {} times: '12:00' }",
                    "schedule { span { months { first: 3 last: 6 } } daily {} times: '12:00' }"));
}

// One month after 31 January is 28 or 29 February, which is also day 28 or 29. On a Wednesday: not every January ends
// so.
TEST(SeriesCheckTest, RulesThatMeetOnlyAfterRareProcedureDatesMeet) {
  const std::string month = "schedule { on { months: 1 } times: '12:00' }";
  EXPECT_TRUE(Meet(month, "schedule { on { days: 28 } times: '12:00' }"));
  EXPECT_FALSE(Meet(month, "schedule { on { days: 27 } times: '12:00' }"));
  EXPECT_TRUE(Meet(month, "schedule { on { days: 31 } times: '12:00' }"));
  EXPECT_FALSE(Meet(month, "schedule { on { days: 32 } times: '12:00' }"));
  const auto overlaps =
      Overlaps("schedule { on { months: 1 days: 1 } times: '12:00' }",
               "schedule { span { days { first: 29 last: 29 } } weekly { weekdays: WEEKDAY_WEDNESDAY }"
               " times: '12:00' }");
  ASSERT_EQ(overlaps.size(), 1u);
  EXPECT_EQ(overlaps[0].day, 29);
}

TEST(SeriesCheckTest, RulesOfDifferentAnchorsDoNotMeet) {
  const auto visit = [](const std::string& id, const std::string& state) {
    return absl::StrCat("visit { visit: '", id, "' state: ", state,
                        " } schedule { on {} on { days: 7 } times: '12:00' }");
  };
  const std::string early = visit("early", "VISIT_STATE_BOOKED");
  EXPECT_TRUE(Meet(early, early));
  EXPECT_FALSE(Meet(early, visit("late", "VISIT_STATE_BOOKED")));
  EXPECT_FALSE(Meet(early, visit("early", "VISIT_STATE_MISSED")));
  EXPECT_FALSE(Meet(early, kNoonOfDay7));
}

TEST(SeriesCheckTest, OnlyAsManyPairsAreReturnedAsAskedFor) {
  v1::Pathway pathway = TwoRules(kNoonOfDay7, kNoonOfDay7);
  *pathway.add_rules() = pathway.rules(1);
  pathway.mutable_rules(2)->set_id("d");
  const auto compiled = CompileGood(pathway);
  EXPECT_EQ(FindSeriesOverlaps(*compiled, 100).size(), 3u);
  EXPECT_EQ(FindSeriesOverlaps(*compiled, 2).size(), 2u);
}

// The pairs of rules with a common anchor that are due at the same nominal time in the patient's plan.
std::set<std::pair<int, int>> MeetingInPlan(const CompiledPathway& pathway, const PatientFacts& facts) {
  std::set<std::pair<int, int>> pairs;
  const std::vector<Occurrence> plan = WholePlan(pathway, facts);
  for (const Occurrence& a : plan) {
    for (const Occurrence& b : plan) {
      const CompiledRule& rule = pathway.rule(a.rule);
      const CompiledRule& other = pathway.rule(b.rule);
      const bool one_anchor = rule.visit == other.visit && rule.visit_state == other.visit_state &&
                              rule.on_never_told == other.on_never_told;
      if (a.rule < b.rule && one_anchor && a.nominal == b.nominal) pairs.emplace(a.rule, b.rule);
    }
  }
  return pairs;
}

TEST(SeriesCheckTest, WhateverMeetsInAPlanIsFound) {
  int meetings = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    v1::Pathway pathway = RandomPathway(&random);
    for (v1::Rule& rule : *pathway.mutable_rules()) {
      rule.set_series("s");
      rule.mutable_schedule()->clear_window();
      rule.mutable_schedule()->clear_times();
      rule.mutable_schedule()->add_times("09:00");
    }
    const auto compiled = CompileGood(pathway);
    std::set<std::pair<int, int>> found;
    for (const SeriesOverlap& overlap : FindSeriesOverlaps(*compiled, 1000))
      found.emplace(overlap.first, overlap.second);
    for (int i = 0; i < 2; ++i) {
      PatientFacts facts = FactsFor("2001-01-01", "UTC");
      facts.procedure_date += random.Between(0, 60 * 365);
      facts.visits = VisitsOf(*compiled, facts.procedure_date, facts.zone, nullptr, RandomHistory(facts, &random));
      for (const auto& pair : MeetingInPlan(*compiled, facts)) {
        ++meetings;
        ASSERT_EQ(found.count(pair), 1u) << "seed " << seed << ", rules " << pair.first << " and " << pair.second
                                         << " of " << pathway.ShortDebugString();
      }
    }
  }
  EXPECT_GT(meetings, 50);
}

}  // namespace
}  // namespace aftercare::plan
