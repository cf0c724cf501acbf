// What comes due is leased in the commit in which it comes due, if a gateway waits for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "tests/engine/clinic_fixture.h"
#include "tests/engine/forwarding_store.h"

namespace aftercare::engine {
namespace {

using ::testing::SizeIs;

// Notes the largest group of mutations that were committed together.
class GroupSizes : public ForwardingStore {
 public:
  GroupSizes(std::unique_ptr<store::Store> store, std::atomic<int>& largest)
      : ForwardingStore(std::move(store)), largest_(largest) {}

  void SetGroupListener(GroupListener on_group) override {
    ForwardingStore::SetGroupListener([this, on_group = std::move(on_group)](absl::Duration duration, int mutations) {
      largest_ = std::max<int>(largest_, mutations);
      on_group(duration, mutations);
    });
  }

 private:
  std::atomic<int>& largest_;
};

// Made before the world that uses it.
struct LargestGroup {
  std::atomic<int> largest_{0};
};

class OneCommitTest : protected LargestGroup, public RealTimeFixture {
 protected:
  OneCommitTest()
      : RealTimeFixture({.now = At("2029-03-02T08:59:30"), .wrap = [this](std::unique_ptr<store::Store> store) {
                           return std::make_unique<GroupSizes>(std::move(store), largest_);
                         }}) {
    world_.Enrol("north", "a", KneePatient("north", "p"));
  }
};

TEST_F(OneCommitTest, AMessageIsLeasedInTheCommitInWhichItComesDue) {
  LongPoll poll(world_, FromText<v1::LeaseRemindersRequest>("parent: 'clinics/north' wait { seconds: 60 }"));
  world_.Drain();
  largest_ = 0;
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_TRUE(poll.pending.Wait().ok());
  EXPECT_THAT(poll.response.leases(), SizeIs(1));
  EXPECT_GE(largest_, 2) << "the reminder comes due, and the call looks for it";
}

}  // namespace
}  // namespace aftercare::engine
