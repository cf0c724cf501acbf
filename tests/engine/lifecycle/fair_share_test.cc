#include "scheduler/engine/lifecycle/fair_share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// Clinics with so many messages waiting each, and a record of what was asked of them and what they gave.
class FakeSource : public FairSource {
 public:
  explicit FakeSource(std::map<std::string, int> waiting) : waiting_(std::move(waiting)) {}

  absl::StatusOr<std::optional<std::string>> NextClinic(const std::string& after) override {
    const auto next = waiting_.upper_bound(after);
    if (next == waiting_.end()) return std::optional<std::string>();
    return std::optional<std::string>(next->first);
  }

  absl::StatusOr<int> TakeFrom(const std::string& clinic, int max) override {
    asked_.emplace_back(clinic, max);
    if (clinic == broken_) return absl::UnavailableError("the store has gone");
    const int leased = std::min(max, waiting_[clinic]);
    waiting_[clinic] -= leased;
    leased_[clinic] += leased;
    return leased;
  }

  void Break(const std::string& clinic) { broken_ = clinic; }
  const std::vector<std::pair<std::string, int>>& asked() const { return asked_; }
  const std::map<std::string, int>& leased() const { return leased_; }

 private:
  std::map<std::string, int> waiting_;
  std::map<std::string, int> leased_;
  std::vector<std::pair<std::string, int>> asked_;
  std::string broken_;
};

class FairShareTest : public ::testing::Test {
 protected:
  absl::Status Lease(FakeSource& source, int max) {
    LookBudget budget(1000);
    return ShareFairly(source, max, cursor_.last(), cursor_, budget);
  }

  RoundRobinCursor cursor_;
};

TEST_F(FairShareTest, ALongQueueGetsWhatTheOthersLeave) {
  FakeSource source({{"a", 1000}, {"b", 3}, {"c", 1}});
  ASSERT_TRUE(Lease(source, 32).ok());
  EXPECT_THAT(source.leased(), ElementsAre(Pair("a", 28), Pair("b", 3), Pair("c", 1)));
}

TEST_F(FairShareTest, EachClinicIsOfferedASixteenthFirst) {
  FakeSource source({{"a", 1}, {"b", 1}});
  ASSERT_TRUE(Lease(source, 160).ok());
  EXPECT_THAT(source.asked(), ElementsAre(Pair("a", 10), Pair("b", 10)));
}

TEST_F(FairShareTest, ClinicsWithLongQueuesShareTheRestEqually) {
  FakeSource source({{"a", 100}, {"b", 100}, {"c", 2}});
  ASSERT_TRUE(Lease(source, 32).ok());
  EXPECT_THAT(source.leased(), ElementsAre(Pair("a", 15), Pair("b", 15), Pair("c", 2)));
}

TEST_F(FairShareTest, WhatOneOfTheHungryLeavesGoesToTheOthers) {
  FakeSource source({{"a", 100}, {"b", 4}});
  ASSERT_TRUE(Lease(source, 32).ok());
  EXPECT_THAT(source.leased(), ElementsAre(Pair("a", 28), Pair("b", 4)));
}

TEST_F(FairShareTest, NoMoreIsLeasedThanWasAskedFor) {
  FakeSource source({{"a", 100}, {"b", 100}, {"c", 100}});
  ASSERT_TRUE(Lease(source, 7).ok());
  int total = 0;
  for (const auto& [clinic, leased] : source.leased()) total += leased;
  EXPECT_EQ(total, 7);
}

TEST_F(FairShareTest, TheNextCallBeginsWithTheClinicAfterTheLast) {
  FakeSource source({{"a", 9}, {"b", 9}, {"c", 9}});
  std::vector<std::string> turns;
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(Lease(source, 1).ok());
    turns.push_back(source.asked().back().first);
  }
  EXPECT_THAT(turns, ElementsAre("a", "b", "c", "a"));
}

TEST_F(FairShareTest, EachClinicIsVisitedOnceInALapWhereverItBegins) {
  for (const char* last : {"", "a", "b", "between", "c", "z"}) {
    FakeSource source({{"a", 1}, {"b", 1}, {"c", 1}});
    cursor_.set_last(last);
    ASSERT_TRUE(Lease(source, 100).ok());
    EXPECT_THAT(source.leased(), ElementsAre(Pair("a", 1), Pair("b", 1), Pair("c", 1))) << last;
    EXPECT_EQ(source.asked().size(), 3u) << last;
  }
}

TEST_F(FairShareTest, WhereNothingWaitsNothingIsLeasedAndTheTurnStays) {
  FakeSource source({});
  cursor_.set_last("b");
  ASSERT_TRUE(Lease(source, 10).ok());
  EXPECT_THAT(source.asked(), IsEmpty());
  EXPECT_EQ(cursor_.last(), "b");
}

TEST_F(FairShareTest, AnExceededBudgetEndsTheLapAndTheNextCallGoesOnBehindIt) {
  FakeSource source({{"a", 9}, {"b", 9}, {"c", 9}});
  LookBudget budget(2);
  ASSERT_TRUE(ShareFairly(source, 100, cursor_.last(), cursor_, budget).ok());
  EXPECT_TRUE(budget.exceeded());
  EXPECT_THAT(source.leased(), ElementsAre(Pair("a", 7), Pair("b", 7)));
  EXPECT_EQ(cursor_.last(), "b");
}

TEST_F(FairShareTest, AnErrorOfTheSourceIsReturned) {
  FakeSource source({{"a", 9}, {"b", 9}});
  source.Break("b");
  EXPECT_EQ(Lease(source, 100).code(), absl::StatusCode::kUnavailable);
}

TEST(LookBudgetTest, ABudgetIsExceededByTheFirstLookTooMany) {
  LookBudget budget(2);
  EXPECT_TRUE(budget.Spend());
  EXPECT_TRUE(budget.Spend());
  EXPECT_FALSE(budget.exceeded());
  EXPECT_FALSE(budget.Spend());
  EXPECT_TRUE(budget.exceeded());
}

}  // namespace
}  // namespace aftercare::engine
