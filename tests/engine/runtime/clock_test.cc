#include "scheduler/engine/runtime/clock.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "scheduler/sync.h"
#include "tests/engine/fake_clock.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

// Waits on `clock` until `deadline`, as the sweeper does.
void WaitFor(Clock& clock, absl::Time deadline) {
  Mutex mutex;
  CondVar wake;
  MutexLock lock(mutex);
  while (clock.Now() < deadline) clock.WaitUntil(mutex, wake, deadline);
}

TEST(ClockTest, RealTimeIsReadToTheMicrosecond) {
  const absl::Time before = absl::Now();
  const absl::Time now = SystemClock().Now();
  EXPECT_EQ(now, absl::FromUnixMicros(absl::ToUnixMicros(now)));
  EXPECT_GE(now, before - absl::Microseconds(1));
  EXPECT_LE(now, absl::Now());
}

TEST(ClockTest, AWaitInRealTimeEndsAtItsDeadline) {
  SystemClock clock;
  const absl::Time deadline = clock.Now() + absl::Milliseconds(20);
  WaitFor(clock, deadline);
  EXPECT_GE(clock.Now(), deadline);
  WaitFor(clock, clock.Now() - absl::Hours(1));
}

TEST(ClockTest, AWaitWithoutEndIsEndedByAWake) {
  SystemClock clock;
  Mutex mutex;
  CondVar wake;
  bool woken = false;
  std::thread waker([&] {
    MutexLock lock(mutex);
    woken = true;
    wake.NotifyAll();
  });
  {
    MutexLock lock(mutex);
    while (!woken) clock.WaitUntil(mutex, wake, absl::InfiniteFuture());
  }
  waker.join();
}

TEST(ClockTest, AFakeClockStandsStillUntilItIsMoved) {
  FakeClock clock(At("2029-03-01T09:00"));
  EXPECT_EQ(clock.Now(), At("2029-03-01T09:00"));
  clock.Advance(absl::Hours(2));
  EXPECT_EQ(clock.Now(), At("2029-03-01T11:00"));
  clock.Set(At("2029-02-01T09:00"));
  EXPECT_EQ(clock.Now(), At("2029-02-01T09:00"));
}

TEST(ClockTest, MovingAFakeClockEndsTheWaitsItReaches) {
  FakeClock clock(At("2029-03-01T09:00"));
  std::thread waiter([&] { WaitFor(clock, At("2029-03-01T10:00")); });
  clock.Set(At("2029-03-01T09:59"));
  clock.Set(At("2029-03-01T10:00"));
  waiter.join();
}

}  // namespace
}  // namespace aftercare::engine
