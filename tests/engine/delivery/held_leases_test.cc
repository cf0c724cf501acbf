#include "scheduler/engine/delivery/held_leases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aftercare::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using CheckScope = HeldLeases::CheckScope;

const absl::Time kNow = absl::FromUnixSeconds(1'900'000'000);

HeldLease LeaseOf(const std::string& lease_id, absl::Time expire) {
  return {lease_id, {{"north", "e", "ice", 1}, 1}, expire};
}

class HeldLeasesTest : public ::testing::Test {
 protected:
  HeldLeasesTest() {
    held_.Add(LeaseOf("early", kNow - absl::Seconds(1)));
    held_.Add(LeaseOf("now", kNow));
    held_.Add(LeaseOf("late", kNow + absl::Seconds(1)));
  }

  std::vector<std::string> IdsInScope(CheckScope scope) {
    std::vector<std::string> ids;
    for (const HeldLease& lease : held_.InScope(scope, kNow)) ids.push_back(lease.lease_id);
    return ids;
  }

  HeldLeases held_;
};

TEST_F(HeldLeasesTest, ALeaseIsHeldUntilItIsRemoved) {
  EXPECT_EQ(held_.size(), 3);
  EXPECT_TRUE(held_.Remove("now"));
  EXPECT_FALSE(held_.Remove("now"));
  EXPECT_EQ(held_.size(), 2);
  EXPECT_THAT(IdsInScope(CheckScope::kAll), UnorderedElementsAre("early", "late"));
  EXPECT_FALSE(held_.empty());
  EXPECT_TRUE(HeldLeases().empty());
}

TEST_F(HeldLeasesTest, AddingALeaseAgainReplacesIt) {
  held_.Add(LeaseOf("early", kNow + absl::Seconds(1)));
  EXPECT_EQ(held_.size(), 3);
  EXPECT_THAT(IdsInScope(CheckScope::kExpired), UnorderedElementsAre("now"));
}

TEST_F(HeldLeasesTest, ALeaseHasExpiredFromItsExpireTimeOn) {
  EXPECT_THAT(IdsInScope(CheckScope::kExpired), UnorderedElementsAre("early", "now"));
}

TEST_F(HeldLeasesTest, AnExtendedLeaseHasNotExpired) {
  held_.SetExpire("early", kNow + absl::Seconds(1));
  held_.SetExpire("of somebody else", kNow - absl::Seconds(1));
  EXPECT_THAT(IdsInScope(CheckScope::kExpired), UnorderedElementsAre("now"));
  EXPECT_EQ(held_.size(), 3);
}

TEST_F(HeldLeasesTest, ACheckOfAllLooksAtEveryLeaseAndOneOfNoneAtNone) {
  EXPECT_THAT(IdsInScope(CheckScope::kAll), UnorderedElementsAre("early", "now", "late"));
  EXPECT_THAT(IdsInScope(CheckScope::kNone), IsEmpty());
}

TEST_F(HeldLeasesTest, ACheckHasTheWidestScopeThatWasRequested) {
  EXPECT_FALSE(held_.needs_check());
  held_.RequestCheck(CheckScope::kAll);
  held_.RequestCheck(CheckScope::kExpired);
  EXPECT_TRUE(held_.needs_check());
  EXPECT_EQ(held_.BeginCheck(), CheckScope::kAll);
}

TEST_F(HeldLeasesTest, ACheckIsNeededAgainOnlyIfItIsRequestedAgain) {
  held_.RequestCheck(CheckScope::kAll);
  held_.BeginCheck();
  EXPECT_FALSE(held_.needs_check());
  held_.RequestCheck(CheckScope::kExpired);  // while the first check is under way
  EXPECT_TRUE(held_.needs_check());
  EXPECT_EQ(held_.BeginCheck(), CheckScope::kExpired);
}

}  // namespace
}  // namespace aftercare::engine
