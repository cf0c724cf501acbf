#include "scheduler/engine/runtime/timers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;

// Collects what timers call, and waits for it.
class Calls {
 public:
  Timers::Callback Of(int name) {
    return [this, name] {
      std::lock_guard<std::mutex> lock(mutex_);
      names_.push_back(name);
      wake_.notify_all();
    };
  }
  std::vector<int> Await(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    EXPECT_TRUE(wake_.wait_for(lock, std::chrono::minutes(5), [&] { return names_.size() >= count; }));
    return names_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<int> names_;
};

TEST(TimersTest, CallsComeInOrderOfTheirTimes) {
  Calls calls;
  Timers timers;
  // Far enough apart that a pause of this thread between two lines does not change the order.
  timers.Start(absl::Milliseconds(1000), calls.Of(3));
  timers.Start(absl::ZeroDuration(), calls.Of(1));
  timers.Start(absl::Milliseconds(500), calls.Of(2));
  EXPECT_THAT(calls.Await(3), ElementsAre(1, 2, 3));
}

TEST(TimersTest, NoCallComesBeforeItsTime) {
  Calls calls;
  Timers timers;
  const auto start = std::chrono::steady_clock::now();
  timers.Start(absl::Milliseconds(30), calls.Of(1));
  calls.Await(1);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(30));
}

TEST(TimersTest, ANewTimerThatIsFirstIsNotHeldUpByALaterOne) {
  Calls calls;
  Timers timers;
  timers.Start(absl::Hours(1), calls.Of(2));
  timers.Start(absl::ZeroDuration(), calls.Of(1));
  EXPECT_THAT(calls.Await(1), ElementsAre(1));
}

TEST(TimersTest, ACancelledTimerIsNotCalled) {
  Calls calls;
  Timers timers;
  // In a callback, so that the first timer cannot be called before it is cancelled.
  timers.Start(absl::ZeroDuration(), [&] {
    const Timers::Id id = timers.Start(absl::ZeroDuration(), calls.Of(1));
    EXPECT_TRUE(timers.Cancel(id));
    EXPECT_FALSE(timers.Cancel(id));
    timers.Start(absl::Milliseconds(20), calls.Of(2));
  });
  EXPECT_THAT(calls.Await(1), ElementsAre(2));
}

TEST(TimersTest, ATimerThatWasCalledCannotBeCancelled) {
  Calls calls;
  Timers timers;
  const Timers::Id id = timers.Start(absl::ZeroDuration(), calls.Of(1));
  calls.Await(1);
  EXPECT_FALSE(timers.Cancel(id));
}

TEST(TimersTest, CallbacksMayStartAndCancelTimers) {
  Calls calls;
  Timers timers;
  const Timers::Id never = timers.Start(absl::Hours(1), calls.Of(9));
  timers.Start(absl::ZeroDuration(), [&] {
    timers.Cancel(never);
    timers.Start(absl::ZeroDuration(), calls.Of(1));
  });
  EXPECT_THAT(calls.Await(1), ElementsAre(1));
  EXPECT_FALSE(timers.Cancel(never));
}

TEST(TimersTest, WhatStillWaitsAtTheEndIsDroppedUncalled) {
  auto held = std::make_shared<std::atomic<int>>(0);
  {
    Timers timers;
    timers.Start(absl::Hours(1), [held] { ++*held; });
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(*held, 0);
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace aftercare::engine
