#include "scheduler/engine/runtime/topics.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using Wake = Topics::Wake;

// One wait, its end and how often it ended.
class Waiting {
 public:
  Waiting(Topics& topics, absl::string_view topic, uint64_t seen, absl::Duration timeout = absl::Seconds(30))
      : id(topics.NewId()) {
    topics.Wait(id, topic, seen, timeout, [this, done = pending_.done()](Wake wake) mutable {
      wake_ = wake;
      done(absl::OkStatus());
    });
  }
  Wake Await() {
    EXPECT_TRUE(pending_.Wait().ok());
    return wake_;
  }
  bool over() const { return pending_.over(); }

  const uint64_t id;

 private:
  Pending pending_;
  std::atomic<Wake> wake_{Wake::kTimeout};
};

class TopicsTest : public ::testing::Test {
 protected:
  Timers timers_;
  Topics topics_{timers_};
};

TEST_F(TopicsTest, RaisingWakesAllWhoWaitForThatTopicAndNobodyElse) {
  Waiting a(topics_, "a", 0), also_a(topics_, "a", 0), b(topics_, "b", 0);
  topics_.Raise("a");
  EXPECT_EQ(a.Await(), Wake::kRaised);
  EXPECT_EQ(also_a.Await(), Wake::kRaised);
  EXPECT_FALSE(b.over());
  topics_.Close();
}

TEST_F(TopicsTest, WhatWasRaisedBetweenLookingAndWaitingWakesAtOnce) {
  const uint64_t seen = topics_.Seen("a");
  topics_.Raise("a");
  EXPECT_EQ(Waiting(topics_, "a", seen).Await(), Wake::kRaised);
}

TEST_F(TopicsTest, WhatWasRaisedBeforeLookingDoesNotWake) {
  topics_.Raise("a");
  Waiting waiting(topics_, "a", topics_.Seen("a"));
  EXPECT_FALSE(waiting.over());
  topics_.Raise("a");
  EXPECT_EQ(waiting.Await(), Wake::kRaised);
}

TEST_F(TopicsTest, AWaitEndsWhenItsTimeIsOver) {
  EXPECT_EQ(Waiting(topics_, "a", 0, absl::Milliseconds(1)).Await(), Wake::kTimeout);
}

TEST_F(TopicsTest, CancelEndsOneWait) {
  Waiting one(topics_, "a", 0), other(topics_, "a", 0);
  topics_.Cancel(one.id);
  EXPECT_EQ(one.Await(), Wake::kClosed);
  EXPECT_FALSE(other.over());
  topics_.Raise("a");
  EXPECT_EQ(other.Await(), Wake::kRaised);
}

TEST_F(TopicsTest, CancelOfWhatDoesNotWaitDoesNothing) {
  Waiting one(topics_, "a", 0);
  topics_.Raise("a");
  one.Await();
  topics_.Cancel(one.id);
  topics_.Cancel(topics_.NewId());
}

TEST_F(TopicsTest, CloseEndsEveryWaitAndEveryLaterOne) {
  Waiting a(topics_, "a", 0), b(topics_, "b", 0);
  topics_.Close();
  EXPECT_EQ(a.Await(), Wake::kClosed);
  EXPECT_EQ(b.Await(), Wake::kClosed);
  EXPECT_EQ(Waiting(topics_, "a", 0).Await(), Wake::kClosed);
}

TEST_F(TopicsTest, ACallbackMayWaitAgain) {
  Pending pending;
  topics_.Wait(topics_.NewId(), "a", 0, absl::Seconds(30), [&](Wake) {
    topics_.Wait(topics_.NewId(), "a", topics_.Seen("a"), absl::Seconds(30),
                 [done = pending.done()](Wake) mutable { done(absl::OkStatus()); });
  });
  topics_.Raise("a");
  EXPECT_FALSE(pending.over());
  topics_.Raise("a");
  EXPECT_TRUE(pending.Wait().ok());
}

// Raised, cancelled and timed out all at once, each wait still ends, and ends once (which Pending checks).
TEST_F(TopicsTest, EachWaitEndsExactlyOnceWhateverEndsItFirst) {
  constexpr int kWaits = 2000;
  std::vector<std::unique_ptr<Waiting>> waits;
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> newest{0};
  std::thread raiser([&] { while (!stop) topics_.Raise("a"); });
  std::thread canceller([&] { while (!stop) topics_.Cancel(newest); });
  for (int i = 0; i < kWaits; ++i) {
    waits.push_back(std::make_unique<Waiting>(topics_, "a", topics_.Seen("a"), absl::Microseconds(i % 100)));
    newest = waits.back()->id;
  }
  for (const auto& wait : waits) wait->Await();
  stop = true;
  raiser.join();
  canceller.join();
}

// Who looks, then waits, never sleeps through a change: the reader sees the last number without a wait timing out.
TEST_F(TopicsTest, NoChangeIsMissedBetweenLookingAndWaiting) {
  constexpr int kChanges = 20'000;
  std::atomic<int> number{0};
  std::thread writer([&] {
    for (int i = 0; i < kChanges; ++i) {
      ++number;
      topics_.Raise("a");
    }
  });
  int looks = 0;
  while (true) {
    const uint64_t seen = topics_.Seen("a");
    if (number == kChanges) break;
    ASSERT_EQ(Waiting(topics_, "a", seen).Await(), Wake::kRaised);
    ++looks;
  }
  writer.join();
  EXPECT_LE(looks, kChanges);
}

}  // namespace
}  // namespace aftercare::engine
