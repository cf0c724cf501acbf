// What follows a commit, beside the writer.
#include "scheduler/store/completions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/store/testing.h"

namespace aftercare::store {
namespace {

using testing::ElementsAre;

TEST(Completions, ShortWorkRunsOnTheCallingThreadWhileNothingElseIsLeft) {
  Completions completions;
  std::thread::id ran_on;
  completions.Run(/*is_short=*/true, [&] { ran_on = std::this_thread::get_id(); });
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST(Completions, LongWorkRunsOnAnotherThreadWhileTheCallerGoesOn) {
  Completions completions;
  Signal go_on;
  std::thread::id ran_on;
  completions.Run(/*is_short=*/false, [&] {
    go_on.Await();
    ran_on = std::this_thread::get_id();
  });
  go_on.Set();  // reached only if Run does not wait for the work
  completions.Stop();
  EXPECT_NE(ran_on, std::this_thread::get_id());
  EXPECT_NE(ran_on, std::thread::id());
}

TEST(Completions, ShortWorkWaitsForLongWorkBeforeIt) {
  Completions completions;
  Signal started, go_on;
  std::vector<int> order;
  completions.Run(/*is_short=*/false, [&] {
    started.Set();
    go_on.Await();
    order.push_back(1);
  });
  started.Await();
  completions.Run(/*is_short=*/true, [&] { order.push_back(2); });
  go_on.Set();
  completions.Stop();
  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST(Completions, TheWriterDoesNotRunFarAhead) {
  Completions completions;
  Signal started, go_on;
  completions.Run(/*is_short=*/false, [&] {
    started.Set();
    go_on.Await();
  });
  started.Await();
  for (int i = 0; i < 2; ++i) completions.Run(/*is_short=*/false, [] {});
  Signal calls;
  bool waited = false;
  std::thread writer([&] {
    calls.Set();
    completions.Run(/*is_short=*/false, [] {});  // two wait already
    waited = go_on.IsSet();
  });
  calls.Await();
  std::this_thread::yield();  // so that a Run that does not wait is over before what it should have waited for
  go_on.Set();
  writer.join();
  EXPECT_TRUE(waited);
}

TEST(Completions, StopRunsWhatWaitsAndLaterWorkRunsAtOnce) {
  Completions completions;
  int ran = 0;
  for (int i = 0; i < 3; ++i) completions.Run(/*is_short=*/false, [&] { ++ran; });
  completions.Stop();
  EXPECT_EQ(ran, 3);
  completions.Run(/*is_short=*/false, [&] { ++ran; });
  EXPECT_EQ(ran, 4);
}

}  // namespace
}  // namespace aftercare::store
