#include "scheduler/engine/events/wait_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr WaitList::Time At(int seconds) { return WaitList::Time() + std::chrono::seconds(seconds); }

class TestWaiter : public Waiter {
 public:
  void Resume() override {}
};

class WaitListTest : public ::testing::Test {
 protected:
  using Waiters = std::vector<std::shared_ptr<Waiter>>;

  static std::shared_ptr<Waiter> NewWaiter() { return std::make_shared<TestWaiter>(); }

  // Takes waiters until no wait is over.
  Waiters TakeAll(WaitList::Time now) {
    Waiters all;
    while (true) {
      const Waiters taken = list_.TakeReady(now);
      if (taken.empty()) return all;
      all.insert(all.end(), taken.begin(), taken.end());
    }
  }

  const std::shared_ptr<Waiter> a_ = NewWaiter();
  const std::shared_ptr<Waiter> b_ = NewWaiter();
  const std::shared_ptr<Waiter> c_ = NewWaiter();
  WaitList::Group group_;
  WaitList::Group other_;
  WaitList list_;
};

TEST_F(WaitListTest, NobodyIsReadyBeforeTheDeadlineOrAWake) {
  EXPECT_EQ(list_.NextDeadline(), std::nullopt);
  list_.Add(group_, a_, At(10));
  EXPECT_FALSE(group_.empty());
  EXPECT_EQ(list_.NextDeadline(), At(10));
  EXPECT_THAT(list_.TakeReady(At(9)), IsEmpty());
}

TEST_F(WaitListTest, AWaitEndsAtItsDeadline) {
  list_.Add(group_, a_, At(10));
  EXPECT_THAT(list_.TakeReady(At(10)), ElementsAre(a_));
  EXPECT_TRUE(group_.empty());
  EXPECT_EQ(list_.NextDeadline(), std::nullopt);
  EXPECT_THAT(list_.TakeReady(At(20)), IsEmpty());
}

TEST_F(WaitListTest, DeadlinesPassInTheirOrderWhateverTheGroup) {
  EXPECT_TRUE(list_.Add(group_, a_, At(30)));
  EXPECT_TRUE(list_.Add(other_, b_, At(10))) << "earlier than all others";
  EXPECT_FALSE(list_.Add(group_, c_, At(20)));
  EXPECT_EQ(list_.NextDeadline(), At(10));
  EXPECT_THAT(list_.TakeReady(At(20)), ElementsAre(b_, c_));
  EXPECT_EQ(list_.NextDeadline(), At(30));
  EXPECT_THAT(list_.TakeReady(At(30)), ElementsAre(a_));
}

TEST_F(WaitListTest, AllWhoWaitTillTheSameTimeAreReadyThen) {
  for (const auto& waiter : {a_, b_, c_}) list_.Add(group_, waiter, At(10));
  EXPECT_THAT(list_.TakeReady(At(10)), UnorderedElementsAre(a_, b_, c_));
}

TEST_F(WaitListTest, AWakeEndsTheWaitsOfItsGroupOnly) {
  list_.Add(group_, a_, At(10));
  list_.Add(other_, b_, At(10));
  list_.Add(group_, c_, At(10));
  list_.WakeAll(group_);
  EXPECT_TRUE(group_.empty());
  EXPECT_FALSE(other_.empty());
  EXPECT_THAT(list_.TakeReady(At(0)), ElementsAre(a_, c_));
  EXPECT_EQ(list_.NextDeadline(), At(10));
}

TEST_F(WaitListTest, WhoBeginsToWaitAfterAWakeIsNotWokenByIt) {
  list_.Add(group_, a_, At(10));
  list_.WakeAll(group_);
  list_.Add(group_, b_, At(10));
  EXPECT_THAT(list_.TakeReady(At(0)), ElementsAre(a_));
  list_.WakeAll(group_);
  EXPECT_THAT(list_.TakeReady(At(0)), ElementsAre(b_));
}

TEST_F(WaitListTest, WhoIsWokenAtItsDeadlineIsReadyOnce) {
  list_.Add(group_, a_, At(10));
  list_.WakeAll(group_);
  EXPECT_THAT(TakeAll(At(10)), ElementsAre(a_));
}

TEST_F(WaitListTest, AWaiterCanWaitAgain) {
  list_.Add(group_, a_, At(10));
  list_.WakeAll(group_);
  EXPECT_THAT(list_.TakeReady(At(0)), ElementsAre(a_));
  list_.Add(other_, a_, At(20));
  list_.WakeAll(group_);
  EXPECT_THAT(list_.TakeReady(At(10)), IsEmpty());
  EXPECT_THAT(list_.TakeReady(At(20)), ElementsAre(a_));
}

TEST_F(WaitListTest, WhoIsRemovedIsNotReadyLater) {
  list_.Add(group_, a_, At(10));
  list_.Add(group_, b_, At(10));
  EXPECT_EQ(list_.Remove(*a_), a_);
  EXPECT_EQ(list_.Remove(*a_), nullptr) << "no longer waiting";
  list_.WakeAll(group_);
  EXPECT_THAT(TakeAll(At(10)), ElementsAre(b_));
}

TEST_F(WaitListTest, WhoIsWokenCanBeRemovedUntilItIsTaken) {
  list_.Add(group_, a_, At(10));
  list_.Add(group_, b_, At(10));
  list_.WakeAll(group_);
  EXPECT_EQ(list_.Remove(*a_), a_);
  EXPECT_THAT(TakeAll(At(10)), ElementsAre(b_));
  EXPECT_EQ(list_.Remove(*b_), nullptr);
}

TEST_F(WaitListTest, WhoIsAddedReadyIsTakenFirstAndCannotBeRemoved) {
  list_.Add(group_, a_, At(10));
  list_.WakeAll(group_);
  list_.AddReady(b_);
  EXPECT_EQ(list_.Remove(*b_), nullptr);
  EXPECT_THAT(list_.TakeReady(At(0)), ElementsAre(b_, a_));
}

TEST_F(WaitListTest, ManyAreTakenSomeAtATimeAndEachOnce) {
  constexpr int kEach = 1000;
  Waiters waiters;
  for (int i = 0; i < 3 * kEach; ++i) waiters.push_back(NewWaiter());
  for (int i = 0; i < kEach; ++i) {
    list_.AddReady(waiters[i]);
    list_.Add(group_, waiters[kEach + i], At(10));
    list_.Add(other_, waiters[2 * kEach + i], At(1 + i % 10));
  }
  list_.WakeAll(group_);
  const Waiters first = list_.TakeReady(At(10));
  EXPECT_LT(first.size(), 300u);
  Waiters all = TakeAll(At(10));
  all.insert(all.end(), first.begin(), first.end());
  std::sort(all.begin(), all.end());
  std::sort(waiters.begin(), waiters.end());
  EXPECT_EQ(all, waiters);
}

TEST_F(WaitListTest, TheListKeepsItsWaitersAliveUntilTheyAreTaken) {
  std::shared_ptr<Waiter> waiter = NewWaiter();
  const std::weak_ptr<Waiter> weak = waiter;
  list_.Add(group_, std::move(waiter), At(10));
  EXPECT_FALSE(weak.expired());
  EXPECT_THAT(list_.TakeReady(At(10)), SizeIs(1));
  EXPECT_TRUE(weak.expired());
}

}  // namespace
}  // namespace aftercare::engine
