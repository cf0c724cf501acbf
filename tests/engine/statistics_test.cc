#include "scheduler/engine/statistics.h"

#include <gtest/gtest.h>

#include "tests/engine/clinic_fixture.h"
#include "tests/engine/store_gate.h"

namespace aftercare::engine {
namespace {

// The gates are the first base, so that they outlive the world.
class StatisticsTest : protected StoreGates, public RealTimeFixture {
 protected:
  StatisticsTest() : RealTimeFixture({.wrap = StoreGates::Wrap()}) { world_.Enrol(clinic_, "e", KneePatient(clinic_)); }

  Statistics Now(absl::Duration timeout = absl::Minutes(5)) { return AwaitStatistics(world_.engine(), timeout); }
};

TEST_F(StatisticsTest, AMessageIsOverdueUntilItIsLeased) {
  world_.MoveTo(At("2029-03-02T08:59"));
  EXPECT_EQ(Now().stored->oldest_overdue, absl::ZeroDuration());
  world_.MoveTo(At("2029-03-02T09:00"));
  world_.MoveTo(At("2029-03-02T09:07"));
  EXPECT_EQ(Now().stored->oldest_overdue, absl::Minutes(7));
  EXPECT_EQ(Now().stored->leases_out, 0);
  EXPECT_EQ(world_.Lease(clinic_).size(), 1u);
  EXPECT_EQ(Now().stored->oldest_overdue, absl::ZeroDuration());
  EXPECT_EQ(Now().stored->leases_out, 1);
}

TEST_F(StatisticsTest, ALeaseThatWasNotUsedMakesItsMessageOverdueAgain) {
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_EQ(world_.Lease(clinic_).size(), 1u);
  world_.MoveTo(At("2029-03-02T09:05"));
  EXPECT_EQ(Now().stored->leases_out, 0);
  EXPECT_EQ(Now().stored->oldest_overdue, absl::Minutes(4)) << "the lease was for a minute";
}

TEST_F(StatisticsTest, SandboxesAreNotCounted) {
  world_.CreateSandbox("box", At("2029-03-01T08:00"));
  world_.CreatePathway("box", "knee", KneePathway());
  world_.Enrol("box", "e", KneePatient("box"));
  world_.Advance("box", At("2029-03-02T10:00"));
  EXPECT_EQ(Now().stored->oldest_overdue, absl::ZeroDuration());
  EXPECT_EQ(world_.Lease("box").size(), 1u);
  EXPECT_EQ(Now().stored->leases_out, 0);
}

TEST_F(StatisticsTest, AStoreThatDoesNotAnswerIsNotWaitedForLongerThanAsked) {
  reads.Hold();
  EXPECT_FALSE(Now(absl::Milliseconds(1)).stored.has_value());
  reads.Release();
  reads.Refuse(1);
  EXPECT_FALSE(Now().stored.has_value());
  EXPECT_TRUE(Now().stored.has_value());
}

}  // namespace
}  // namespace aftercare::engine
