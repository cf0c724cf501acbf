#include "scheduler/engine/delivery/topic_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "scheduler/engine/runtime/timers.h"
#include "scheduler/engine/runtime/wakeup_hub.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Every call comes on the thread of the test, which notifies.
class TopicWatchTest : public ::testing::Test {
 protected:
  void Start() {
    watch_->Start("topic", hub_.Seen("topic"), [this](bool closed) { calls_.push_back(closed); });
  }

  Timers timers_;
  WakeupHub hub_{timers_};
  std::shared_ptr<TopicWatch> watch_ = std::make_shared<TopicWatch>(hub_);
  std::vector<bool> calls_;
};

TEST_F(TopicWatchTest, EachNotificationLeadsToACall) {
  Start();
  EXPECT_THAT(calls_, IsEmpty());
  hub_.Notify("topic");
  hub_.Notify("other");
  hub_.Notify("topic");
  EXPECT_THAT(calls_, ElementsAre(false, false));
}

TEST_F(TopicWatchTest, WhatWasNotifiedSinceTheCountThatWasSeenLeadsToACallAtOnce) {
  const uint64_t seen = hub_.Seen("topic");
  hub_.Notify("topic");
  watch_->Start("topic", seen, [this](bool closed) { calls_.push_back(closed); });
  EXPECT_THAT(calls_, ElementsAre(false));
}

TEST_F(TopicWatchTest, ANotificationDuringACallLeadsToAnother) {
  watch_->Start("topic", hub_.Seen("topic"), [this](bool closed) {
    calls_.push_back(closed);
    if (calls_.size() == 1) hub_.Notify("topic");
  });
  hub_.Notify("topic");
  EXPECT_THAT(calls_, ElementsAre(false, false));
}

TEST_F(TopicWatchTest, StopEndsTheWatchWithOneLastCall) {
  Start();
  watch_->Stop();
  hub_.Notify("topic");
  watch_->Stop();
  EXPECT_THAT(calls_, ElementsAre(true));
}

TEST_F(TopicWatchTest, AWatchThatIsStoppedDuringACallIsNotCalledAgain) {
  watch_->Start("topic", hub_.Seen("topic"), [this](bool closed) {
    calls_.push_back(closed);
    watch_->Stop();
  });
  hub_.Notify("topic");
  hub_.Notify("topic");
  EXPECT_THAT(calls_, ElementsAre(false));
}

TEST_F(TopicWatchTest, ASecondStartHasNoEffect) {
  Start();
  Start();
  hub_.Notify("topic");
  EXPECT_THAT(calls_, ElementsAre(false));
}

TEST_F(TopicWatchTest, ClosingTheHubEndsTheWatch) {
  Start();
  hub_.Close();
  EXPECT_THAT(calls_, ElementsAre(true));
}

TEST_F(TopicWatchTest, WhatTheCallbackHoldsIsLetGoOfWhenTheWatchEnds) {
  const auto held = std::make_shared<int>();
  watch_->Start("topic", hub_.Seen("topic"), [held](bool) {});
  EXPECT_EQ(held.use_count(), 2);
  watch_->Stop();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace aftercare::engine
