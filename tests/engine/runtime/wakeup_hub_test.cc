#include "scheduler/engine/runtime/wakeup_hub.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using Wake = WakeupHub::Wake;

// One wait, its end and how often it ended.
class Waiting {
 public:
  Waiting(WakeupHub& topics, absl::string_view topic, uint64_t seen, absl::Duration timeout = absl::Minutes(5))
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

class WakeupHubTest : public ::testing::Test {
 protected:
  Timers timers_;
  WakeupHub wakeups_{timers_};
};

TEST_F(WakeupHubTest, NotifyWakesOnlyWaitersOfTheTopic) {
  Waiting a(wakeups_, "a", 0), also_a(wakeups_, "a", 0), b(wakeups_, "b", 0);
  wakeups_.Notify("a");
  EXPECT_EQ(a.Await(), Wake::kNotified);
  EXPECT_EQ(also_a.Await(), Wake::kNotified);
  EXPECT_FALSE(b.over());
  wakeups_.Close();
}

TEST_F(WakeupHubTest, ANotificationBetweenSeenAndWaitEndsTheWait) {
  const uint64_t seen = wakeups_.Seen("a");
  wakeups_.Notify("a");
  EXPECT_EQ(Waiting(wakeups_, "a", seen).Await(), Wake::kNotified);
}

TEST_F(WakeupHubTest, ANotificationBeforeSeenDoesNotEndTheWait) {
  wakeups_.Notify("a");
  Waiting waiting(wakeups_, "a", wakeups_.Seen("a"));
  EXPECT_FALSE(waiting.over());
  wakeups_.Notify("a");
  EXPECT_EQ(waiting.Await(), Wake::kNotified);
}

TEST_F(WakeupHubTest, AWaitEndsWhenItsTimeIsOver) {
  EXPECT_EQ(Waiting(wakeups_, "a", 0, absl::Milliseconds(1)).Await(), Wake::kTimeout);
}

TEST_F(WakeupHubTest, CancelEndsOneWait) {
  Waiting one(wakeups_, "a", 0), other(wakeups_, "a", 0);
  wakeups_.Cancel(one.id);
  EXPECT_EQ(one.Await(), Wake::kClosed);
  EXPECT_FALSE(other.over());
  wakeups_.Notify("a");
  EXPECT_EQ(other.Await(), Wake::kNotified);
}

TEST_F(WakeupHubTest, CancelOfWhatDoesNotWaitDoesNothing) {
  Waiting one(wakeups_, "a", 0);
  wakeups_.Notify("a");
  one.Await();
  wakeups_.Cancel(one.id);
  wakeups_.Cancel(wakeups_.NewId());
}

TEST_F(WakeupHubTest, CloseEndsEveryWaitAndEveryLaterOne) {
  Waiting a(wakeups_, "a", 0), b(wakeups_, "b", 0);
  wakeups_.Close();
  EXPECT_EQ(a.Await(), Wake::kClosed);
  EXPECT_EQ(b.Await(), Wake::kClosed);
  EXPECT_EQ(Waiting(wakeups_, "a", 0).Await(), Wake::kClosed);
}

TEST_F(WakeupHubTest, ACallbackMayWaitAgain) {
  Pending pending;
  wakeups_.Wait(wakeups_.NewId(), "a", 0, absl::Minutes(5), [&](Wake) {
    wakeups_.Wait(wakeups_.NewId(), "a", wakeups_.Seen("a"), absl::Minutes(5),
                  [done = pending.done()](Wake) mutable { done(absl::OkStatus()); });
  });
  wakeups_.Notify("a");
  EXPECT_FALSE(pending.over());
  wakeups_.Notify("a");
  EXPECT_TRUE(pending.Wait().ok());
}

// Raised, cancelled and timed out all at once, each wait still ends, and ends once (which Pending checks).
TEST_F(WakeupHubTest, EachWaitEndsExactlyOnceWhateverEndsItFirst) {
  constexpr int kWaits = 2000;
  std::vector<std::unique_ptr<Waiting>> waits;
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> newest{0};
  std::thread raiser([&] {
    while (!stop) wakeups_.Notify("a");
  });
  std::thread canceller([&] {
    while (!stop) wakeups_.Cancel(newest);
  });
  for (int i = 0; i < kWaits; ++i) {
    waits.push_back(std::make_unique<Waiting>(wakeups_, "a", wakeups_.Seen("a"), absl::Microseconds(i % 100)));
    newest = waits.back()->id;
  }
  for (const auto& wait : waits) wait->Await();
  stop = true;
  raiser.join();
  canceller.join();
}

// Who looks, then waits, never sleeps through a change: the reader sees the last number without a wait timing out.
TEST_F(WakeupHubTest, NoChangeIsMissedBetweenLookingAndWaiting) {
  constexpr int kChanges = 20'000;
  std::atomic<int> number{0};
  std::thread writer([&] {
    for (int i = 0; i < kChanges; ++i) {
      ++number;
      wakeups_.Notify("a");
    }
  });
  int looks = 0;
  while (true) {
    const uint64_t seen = wakeups_.Seen("a");
    if (number == kChanges) break;
    ASSERT_EQ(Waiting(wakeups_, "a", seen).Await(), Wake::kNotified);
    ++looks;
  }
  writer.join();
  EXPECT_LE(looks, kChanges);
}

}  // namespace
}  // namespace aftercare::engine
