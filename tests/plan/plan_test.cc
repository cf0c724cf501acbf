#include "scheduler/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/rule_days.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

v1::Pathway ThreeRulePathway() {
  return FromText<v1::Pathway>(R"(
      display_name: "Three rules" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { days { first: 0 last: 30 } } }
      rules { id: "b" phase: "p" category: "c" texts { key: "en" value: "x" }
              schedule { span { days { first: 1 last: 2 } } daily {} times: "08:00" times: "12:00" } }
      rules { id: "a" phase: "p" category: "c" texts { key: "en" value: "x" }
              schedule { span { days { first: 1 last: 2 } } daily {} times: "12:00" } }
      rules { id: "c" phase: "p" category: "c" texts { key: "en" value: "x" }
              schedule { on { days: 1 } times: "07:00" } })");
}

// `rule.number` of each.
std::vector<std::string> Ids(const std::vector<Occurrence>& occurrences, const CompiledPathway& pathway) {
  std::vector<std::string> ids;
  for (const Occurrence& occurrence : occurrences) {
    ids.push_back(absl::StrCat(pathway.rule_source(occurrence.rule).id(), ".", occurrence.number));
  }
  return ids;
}

TEST(PlanTest, OccurrencesComeByDueTimeThenRuleThenNumber) {
  const auto pathway = CompileGood(ThreeRulePathway());
  EXPECT_THAT(Ids(WholePlan(*pathway, FactsFor("2026-06-01", "UTC")), *pathway),
              ElementsAre("c.1", "b.1", "b.2", "a.1", "b.3", "b.4", "a.2"));
}

TEST(PlanTest, WhatComesDueAtEnrollmentKeepsItsOrder) {
  const auto pathway = CompileGood(ThreeRulePathway());
  const auto all = WholePlan(*pathway, FactsFor("2026-06-01", "UTC", Instant("2026-06-02T13:00Z")));
  EXPECT_THAT(Ids(all, *pathway), ElementsAre("b.1", "b.2", "a.1", "c.1", "b.3", "b.4", "a.2"));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(InUtc(all[i].due), "2026-06-02T13:00Z");
}

TEST(PlanTest, RulesThatDoNotApplyAreLeftOut) {
  const auto pathway = CompileGood(ThreeRulePathway());
  PatientFacts facts = FactsFor("2026-06-01", "UTC");
  facts.rules.reset(0);
  EXPECT_THAT(Ids(WholePlan(*pathway, facts), *pathway), ElementsAre("c.1", "a.1", "a.2"));
  Occurrence none;
  EXPECT_FALSE(Plan(*pathway, facts).Find(0, 1, &none));
  facts.rules.reset();
  EXPECT_THAT(WholePlan(*pathway, facts), IsEmpty());
}

TEST(PlanTest, FindingDoesNotMoveThePlan) {
  const auto pathway = CompileGood(ThreeRulePathway());
  Plan plan(*pathway, FactsFor("2026-06-01", "UTC"));
  Occurrence occurrence;
  ASSERT_TRUE(plan.Next(&occurrence));
  ASSERT_TRUE(plan.Find(0, 4, &occurrence));
  EXPECT_EQ(FormatMinute(occurrence.nominal), "2026-06-03T12:00");
  EXPECT_THAT(Ids(Rest(&plan), *pathway), ElementsAre("b.1", "b.2", "a.1", "b.3", "b.4", "a.2"));
}

TEST(PlanTest, FindRefusesWhatDoesNotExist) {
  const auto pathway = CompileGood(ThreeRulePathway());
  const Plan plan(*pathway, FactsFor("2026-06-01", "UTC"));
  Occurrence none;
  EXPECT_FALSE(plan.Find(-1, 1, &none));
  EXPECT_FALSE(plan.Find(3, 1, &none));
  EXPECT_FALSE(plan.Find(0, 0, &none));
  EXPECT_FALSE(plan.Find(0, -1, &none));
  EXPECT_FALSE(plan.Find(0, 5, &none));
  EXPECT_FALSE(plan.Find(0, 2'000'000'000, &none));
}

TEST(PlanTest, SeekingGoesBothWays) {
  const auto pathway = CompileGood(ThreeRulePathway());
  Plan plan(*pathway, FactsFor("2026-06-01", "UTC"));
  plan.Seek(Instant("2026-06-03T12:00Z"));
  EXPECT_THAT(Ids(Rest(&plan), *pathway), ElementsAre("b.4", "a.2"));
  plan.Seek(Instant("2026-06-02T08:01Z"));
  EXPECT_THAT(Ids(Rest(&plan), *pathway), ElementsAre("b.2", "a.1", "b.3", "b.4", "a.2"));
  plan.Seek(absl::InfiniteFuture());
  EXPECT_THAT(Rest(&plan), IsEmpty());
  plan.Seek(absl::InfinitePast());
  EXPECT_EQ(Rest(&plan).size(), 7u);
}

TEST(PlanTest, SeekingPassesWhatIsDueLessThanANanosecondBefore) {
  const auto pathway = CompileGood(ThreeRulePathway());
  Plan plan(*pathway, FactsFor("2026-06-01", "UTC"));
  plan.Seek(Instant("2026-06-03T08:00Z") + absl::Nanoseconds(1) / 4);
  EXPECT_THAT(Ids(Rest(&plan), *pathway), ElementsAre("b.4", "a.2"));
}

// The windows of one occurrence on 5 June 2026 at 09:00 in New York, 13:00Z.
std::string ExpireWith(const std::string& window) {
  const auto pathway = CompileGood(
      OneRulePathway("days { first: 0 last: 30 }", absl::StrCat("on { days: 4 } times: '09:00' ", window)));
  const auto all = WholePlan(*pathway, FactsFor("2026-06-01", "America/New_York"));
  return all.size() == 1 ? InUtc(all[0].expire) : "not one occurrence";
}

TEST(PlanTest, WindowsCloseAsTheScheduleSays) {
  EXPECT_EQ(ExpireWith(""), "2026-06-06T04:00Z");
  EXPECT_EQ(ExpireWith("window { days: 0 }"), "2026-06-06T04:00Z");
  EXPECT_EQ(ExpireWith("window { days: 2 }"), "2026-06-08T04:00Z");
  EXPECT_EQ(ExpireWith("window { hours: 30 }"), "2026-06-06T19:00Z");
  EXPECT_EQ(ExpireWith("window { until: '17:00' }"), "2026-06-05T21:00Z");
}

TEST(PlanTest, HoursAreElapsedAndDaysAreCalendarDaysAcrossAChangeOfClocks) {
  const auto expire = [](const std::string& window) {
    const auto pathway = CompileGood(
        OneRulePathway("days { first: 0 last: 30 }", absl::StrCat("on { days: 1 } times: '20:00' ", window)));
    return InUtc(WholePlan(*pathway, FactsFor("2025-03-07", "America/New_York"))[0].expire);  // 20:00 is 01:00Z.
  };
  EXPECT_EQ(expire("window { hours: 24 }"), "2025-03-10T01:00Z");
  EXPECT_EQ(expire("window { days: 1 }"), "2025-03-10T04:00Z");
}

TEST(PlanTest, AClosingTimeThatClocksPullForwardLeavesAMinute) {
  // 02:30 is skipped, and read as 03:30 by the new offset; 03:00 comes half an hour before that.
  const auto pathway = CompileGood(
      OneRulePathway("days { first: 0 last: 30 }", "on { days: 1 } times: '02:30' window { until: '03:00' }"));
  const auto all = WholePlan(*pathway, FactsFor("2025-03-08", "America/New_York"));
  EXPECT_EQ(InUtc(all[0].due), "2025-03-09T07:30Z");
  EXPECT_EQ(InUtc(all[0].expire), "2025-03-09T07:31Z");
}

TEST(PlanTest, ADayThatDoesNotExistLastsUntilTheEndOfTheDayItIsReadAs) {
  const auto pathway = CompileGood(OneRulePathway("days { first: 0 last: 30 }", "on { days: 2 } times: '09:00'"));
  const auto all = WholePlan(*pathway, FactsFor("2011-12-28", "Pacific/Apia"));
  EXPECT_EQ(InUtc(all[0].due), "2011-12-30T19:00Z");
  EXPECT_EQ(InUtc(all[0].expire), "2011-12-31T10:00Z");
  EXPECT_EQ(FormatMinute(all[0].nominal), "2011-12-30T09:00");
}

TEST(PlanTest, EnrollmentBetweenTwoNanosecondsOfAWindowIsExact) {
  const auto pathway = CompileGood(
      OneRulePathway("days { first: 0 last: 30 }", "on { days: 1 } times: '09:00' window { hours: 1 }"));
  const absl::Time close = Instant("2026-06-02T10:00Z");
  const auto just_open = WholePlan(*pathway, FactsFor("2026-06-01", "UTC", close - absl::Nanoseconds(1)));
  EXPECT_EQ(just_open[0].missed, v1::REMINDER_REASON_UNSPECIFIED);
  EXPECT_EQ(just_open[0].due, close - absl::Nanoseconds(1));
  EXPECT_EQ(just_open[0].expire, close);
  const auto just_closed = WholePlan(*pathway, FactsFor("2026-06-01", "UTC", close));
  EXPECT_EQ(just_closed[0].missed, v1::REMINDER_REASON_LATE_ENROLLMENT);
  EXPECT_EQ(InUtc(just_closed[0].due), "2026-06-02T09:00Z");
}

TEST(PlanTest, APlanOfManyPairsIsInOrder) {
  v1::Pathway pathway = FromText<v1::Pathway>(R"(
      display_name: "Many" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { days { first: 0 last: 3 } } })");
  for (int i = 0; i < kMaxRules; ++i) {
    v1::Rule* rule = pathway.add_rules();
    rule->set_id(absl::StrCat("r", i));
    rule->set_phase("p");
    rule->set_category("c");
    rule->mutable_schedule()->mutable_daily();
    rule->mutable_schedule()->add_times(absl::StrCat("0", i % 10, ":00"));
    rule->mutable_schedule()->add_times(absl::StrCat("1", i % 9, ":00"));
    (*rule->mutable_texts())["en"] = "x";
  }
  const auto compiled = CompileGood(pathway);
  const auto all = WholePlan(*compiled, FactsFor("2026-06-01", "Europe/London"));
  ASSERT_EQ(all.size(), 4000u);
  for (size_t i = 1; i < all.size(); ++i) {
    ASSERT_TRUE(all[i - 1].due < all[i].due || (all[i - 1].due == all[i].due && all[i - 1].rule < all[i].rule));
  }
}

TEST(PlanTest, TheLastYearsOfTheCalendarArePlanned) {
  const auto pathway = CompileGood(OneRulePathway("months { first: 0 last: 120 }",
                                                  "on { months: 119 days: 20 } times: '09:00' window { days: 366 }"));
  const auto all = WholePlan(*pathway, FactsFor("2199-12-31", "America/New_York"));
  EXPECT_EQ(FormatMinute(all[0].nominal), "2209-12-20T09:00");
  EXPECT_LT(all[0].due, all[0].expire);
}

}  // namespace
}  // namespace aftercare::plan
