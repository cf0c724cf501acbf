#include "scheduler/engine/delivery/held_leases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'900'000'000);

HeldLease LeaseOf(const std::string& lease_id, absl::Time expire) {
  return {lease_id, {{"north", "e", "ice", 1}, 1}, expire};
}

std::vector<std::string> Ids(const std::vector<HeldLease>& leases) {
  std::vector<std::string> ids;
  for (const HeldLease& lease : leases) ids.push_back(lease.lease_id);
  return ids;
}

class HeldLeasesTest : public ::testing::Test {
 protected:
  HeldLeasesTest() {
    held_.Add(LeaseOf("early", kNow - absl::Seconds(1)));
    held_.Add(LeaseOf("now", kNow));
    held_.Add(LeaseOf("late", kNow + absl::Seconds(1)));
  }

  HeldLeases held_;
};

TEST_F(HeldLeasesTest, ALeaseIsHeldUntilItIsRemoved) {
  EXPECT_EQ(held_.size(), 3);
  EXPECT_TRUE(held_.Remove("now"));
  EXPECT_FALSE(held_.Remove("now"));
  EXPECT_EQ(held_.size(), 2);
  EXPECT_THAT(Ids(held_.Expired(kNow)), ElementsAre("early"));
  EXPECT_FALSE(held_.empty());
  EXPECT_TRUE(HeldLeases().empty());
}

TEST_F(HeldLeasesTest, AddingALeaseAgainReplacesIt) {
  held_.Add(LeaseOf("early", kNow + absl::Seconds(1)));
  EXPECT_EQ(held_.size(), 3);
  EXPECT_THAT(Ids(held_.Expired(kNow)), UnorderedElementsAre("now"));
}

TEST_F(HeldLeasesTest, ALeaseHasExpiredFromItsExpireTimeOn) {
  EXPECT_THAT(Ids(held_.Expired(kNow)), UnorderedElementsAre("early", "now"));
}

TEST_F(HeldLeasesTest, AnExtendedLeaseHasNotExpired) {
  held_.SetExpire("early", kNow + absl::Seconds(1));
  held_.SetExpire("of somebody else", kNow - absl::Seconds(1));
  EXPECT_THAT(Ids(held_.Expired(kNow)), UnorderedElementsAre("now"));
  EXPECT_EQ(held_.size(), 3);
}

TEST_F(HeldLeasesTest, ACheckLooksAtTheLeasesThatWereRevokedOnly) {
  EXPECT_FALSE(held_.needs_check());
  EXPECT_TRUE(held_.NoteRevoked("late"));
  EXPECT_FALSE(held_.NoteRevoked("of somebody else"));
  EXPECT_TRUE(held_.needs_check());
  const HeldLeases::Check check = held_.BeginCheck();
  EXPECT_THAT(Ids(check.revoked), ElementsAre("late"));
  EXPECT_FALSE(check.expired);
  EXPECT_FALSE(held_.needs_check());
}

TEST_F(HeldLeasesTest, ALeaseThatIsGivenBackIsNotCheckedAnyMore) {
  held_.NoteRevoked("late");
  held_.Remove("late");
  EXPECT_FALSE(held_.needs_check());
}

TEST_F(HeldLeasesTest, ALeaseThatIsRevokedOnItsWayIsCheckedOnceItIsThere) {
  held_.BeginAdding();
  EXPECT_TRUE(held_.NoteRevoked("coming"));
  EXPECT_FALSE(held_.needs_check());
  held_.Add(LeaseOf("coming", kNow));
  held_.EndAdding();
  EXPECT_THAT(Ids(held_.BeginCheck().revoked), ElementsAre("coming"));
  held_.Add(LeaseOf("next", kNow));
  EXPECT_FALSE(held_.NoteRevoked("another")) << "nothing is on its way any more";
  EXPECT_FALSE(held_.needs_check());
}

TEST_F(HeldLeasesTest, ExpiryIsCheckedOnlyWhereLeasesAreHeld) {
  held_.NoteExpiry();
  EXPECT_TRUE(held_.BeginCheck().expired);
  HeldLeases none;
  none.NoteExpiry();
  EXPECT_FALSE(none.needs_check());
}

TEST_F(HeldLeasesTest, ACheckIsNeededAgainOnlyIfItIsRequestedAgain) {
  held_.NoteRevoked("now");
  held_.BeginCheck();
  EXPECT_FALSE(held_.needs_check());
  held_.NoteExpiry();  // while the first check is under way
  EXPECT_TRUE(held_.needs_check());
  EXPECT_TRUE(held_.BeginCheck().expired);
}

}  // namespace
}  // namespace aftercare::engine
