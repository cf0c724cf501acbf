// What is leased from a queue of which one look sees only a part, since most of it is for other gateways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/wakeup_topics.h"
#include "tests/engine/clinic_fixture.h"
#include "tests/engine/enrollments/importing.h"
#include "tests/engine/store_gate.h"

namespace aftercare::engine {
namespace {

using ::testing::SizeIs;

// More than two looks pass over.
constexpr int kPatients = 9000;
constexpr int kLines = 1000;  // of a message of an import

class LongQueueTest : protected StoreGates, public RealTimeFixture {
 protected:
  // All patients have a message that is due at nine, and none of them is the gateway's. The gateway's patient has one
  // that was due ten seconds earlier, but is paused.
  LongQueueTest() : RealTimeFixture({.now = At("2029-03-02T08:59:30"), .wrap = StoreGates::Wrap()}) {
    Importing importing(world_);
    for (int i = 0; i < kPatients; i += kLines) {
      std::vector<v1::ImportLine> lines;
      for (int j = i; j < i + kLines; ++j) {
        lines.push_back(Line(j + 1, KneePatient("north", absl::StrCat("p-", j)), absl::StrCat("e", j)));
      }
      importing.Send(Message(lines));
    }
    EXPECT_EQ(CountsOf(importing.Finish()), absl::StrCat(kPatients, " created, 0 unchanged, 0 failed"));
    world_.Enrol("north", "a", KneePatient("north", "mine"));
    EXPECT_TRUE(world_.Move(Name("ice.2029-03-02-0900", "a"), At("2029-03-02T08:59:50")).ok());
    EXPECT_TRUE(world_.Pause("clinics/north/enrollments/a").ok());
    world_.MoveTo(At("2029-03-02T09:00"));
  }

  // Resumes the gateway's patient, so that the message comes due in front of all others, while the first look is over
  // and the second has not begun. Both are held at the gate.
  void ResumeBetweenLooks() {
    mutations.AwaitHeld(1);
    mutations.ReleaseOne();
    mutations.AwaitHeld(1);
    auto resumed = std::async([this] { return world_.Resume("clinics/north/enrollments/a"); });
    mutations.AwaitHeld(2);
    WakeupHub& wakeups = world_.engine().context.wakeups();
    const uint64_t seen = wakeups.Seen(LeasesTopic("north"));
    mutations.ReleaseOne(1);
    EXPECT_TRUE(resumed.get().ok());
    // The second look begins only when waiting gateways have been told, so that this does not wake them once more.
    std::promise<void> told;
    wakeups.Wait(wakeups.NewId(), LeasesTopic("north"), seen, absl::InfiniteDuration(),
                 [&told](WakeupHub::Wake) { told.set_value(); });
    told.get_future().wait();
    // The sweep that the resumption leads to would wake them too. It waits until a look begins at the front again.
    mutations.AwaitHeld(2);
    mutations.ReleaseOne();
    mutations.AwaitHeld(2);
    mutations.ReleaseOne(1);
    mutations.AwaitHeld(2);
    mutations.Release();
  }
};

TEST_F(LongQueueTest, WhatComesDueBehindALookIsGivenToACallThatWaits) {
  mutations.Hold();
  LongPoll poll(world_, FromText<v1::LeaseRemindersRequest>(
                            "parent: 'clinics/north' filter { patient: 'mine' } wait { seconds: 60 }"));
  ResumeBetweenLooks();
  EXPECT_TRUE(poll.pending.Wait().ok());
  ASSERT_THAT(poll.response.leases(), SizeIs(1));
  EXPECT_EQ(poll.response.leases(0).reminder(), Name("ice.2029-03-02-0900", "a"));
}

TEST_F(LongQueueTest, WhatComesDueBehindALookIsGivenToAStream) {
  const auto stream = world_.engine().deliveries.OpenStream(world_.CallOf(v1::StreamRemindersRequest(), Operator()));
  v1::StreamRemindersResponse response;
  bool end = false;
  Pending next;
  stream->Next(&response, &end, next.done());
  mutations.Hold();
  stream->Receive(FromText<v1::StreamRemindersRequest>("configuration { parent: 'clinics/north' max_outstanding: 100 "
                                                       "filter { patient: 'mine' } }"),
                  [] {});
  ResumeBetweenLooks();
  EXPECT_TRUE(next.Wait().ok());
  ASSERT_THAT(response.leases(), SizeIs(1));
  EXPECT_EQ(response.leases(0).reminder(), Name("ice.2029-03-02-0900", "a"));
  stream->Abort(absl::CancelledError("over"));
  while (!end) {
    Pending last;
    stream->Next(&response, &end, last.done());
    last.Wait().IgnoreError();
  }
}

// The first look stands in one group with a mutation that fails after it has written, so it is undone and runs again.
TEST_F(LongQueueTest, ALookThatItsGroupMakesRunAgainPassesOverNothing) {
  std::promise<void> begun;
  std::promise<void> release;
  Pending busy, failed;
  world_.store().Submit(
      [&begun, &release, is_first = true](store::WriteTransaction&) mutable {
        if (std::exchange(is_first, false)) begun.set_value(), release.get_future().wait();
        return absl::OkStatus();
      },
      busy.done());
  begun.get_future().wait();
  // By its id the message stands among those that the second look passes over.
  LongPoll poll(world_, FromText<v1::LeaseRemindersRequest>(
                            "parent: 'clinics/north' filter { patient: 'p-6000' } wait { seconds: 60 }"));
  world_.store().Submit(
      [](store::WriteTransaction& tx) {
        tx.AppendEvent("north", v1::Event()).IgnoreError();
        return absl::AbortedError("so that its group is begun again");
      },
      failed.done());
  release.set_value();
  EXPECT_TRUE(busy.Wait().ok());
  EXPECT_TRUE(absl::IsAborted(failed.Wait()));
  EXPECT_TRUE(poll.pending.Wait().ok());
  ASSERT_THAT(poll.response.leases(), SizeIs(1));
  EXPECT_EQ(poll.response.leases(0).reminder(), Name("ice.2029-03-02-0900", "e6000"));
}

}  // namespace
}  // namespace aftercare::engine
