// What one sweep fires, when more is due than it takes: something of every clinic.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/planning/sweep.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr int kOfNorth = 40;
constexpr int kLimit = 16;

// Many patients of north have a message at nine; one of south, enrolled last, has one at nine too.
class SweepFairnessTest : public RealTimeFixture {
 protected:
  SweepFairnessTest() : RealTimeFixture({.now = At("2029-03-02T08:00")}) {
    for (int i = 0; i < kOfNorth; ++i) world_.Enrol("north", absl::StrCat("n", i), KneePatient("north", absl::StrCat("p-", i)));
    world_.CreateClinic("south");
    world_.CreatePathway("south", "knee", KneePathway());
    world_.Enrol("south", "s", KneePatient("south"));
  }

  SweepPlan Plan(absl::Time now, const SweepPositions& after = {}) {
    SweepPlan plan;
    world_.Read([&](store::ReadTransaction& tx) {
      return PlanSweep(world_.engine().context, tx, {"", now, kLimit}, after, last_clinic_, &plan);
    });
    return plan;
  }
  static std::map<std::string, int> ByClinic(const SweepPlan& plan) {
    std::map<std::string, int> counts;
    for (const FiringPlan& firing : plan.firing) ++counts[firing.context->row.clinic];
    return counts;
  }
  // How many enrollments of each clinic a sweep fires.
  std::map<std::string, int> Sweep(absl::Time now, const SweepPlan& plan) {
    std::map<std::string, int> counts;
    world_.Write([&](store::WriteTransaction& tx) {
      counts.clear();
      auto swept = engine::Sweep(world_.engine().context, world_.engine().enrollment_cache, tx, {"", now, kLimit}, plan);
      if (!swept.ok()) return swept.status();
      for (const auto& context : swept->contexts) ++counts[context->row.clinic];
      return absl::OkStatus();
    });
    return counts;
  }

  RoundRobinCursor last_clinic_;
  const absl::Time due_ = At("2029-03-02T09:00");
};

TEST_F(SweepFairnessTest, APlanHoldsSomethingOfEveryClinicAndIsFull) {
  const SweepPlan first = Plan(due_);
  EXPECT_THAT(ByClinic(first), ElementsAre(Pair("north", kLimit - 1), Pair("south", 1)));
  ASSERT_TRUE(first.end.has_value());
  const SweepPlan second = Plan(due_, *first.end);
  EXPECT_THAT(ByClinic(second), ElementsAre(Pair("north", kLimit)));
  EXPECT_THAT(Sweep(due_, first), ElementsAre(Pair("north", kLimit - 1), Pair("south", 1)));
  EXPECT_THAT(Sweep(due_, second), ElementsAre(Pair("north", kLimit)));
}

TEST_F(SweepFairnessTest, ASweepWithoutAPlanIsSharedToo) {
  EXPECT_THAT(Sweep(due_, {}), ElementsAre(Pair("north", kLimit - 1), Pair("south", 1)));
}

TEST_F(SweepFairnessTest, WhatComesDueWhileAPlanWaitsFiresWithItIfItsClinicIsNotInThePlan) {
  EXPECT_TRUE(world_.Move("clinics/south/enrollments/s/reminders/ice.2029-03-02-0900", due_ + absl::Seconds(1)).ok());
  const SweepPlan plan = Plan(due_);
  EXPECT_THAT(ByClinic(plan), ElementsAre(Pair("north", kLimit)));
  EXPECT_THAT(Sweep(due_ + absl::Seconds(1), plan), ElementsAre(Pair("north", kLimit), Pair("south", 1)));
}

}  // namespace
}  // namespace aftercare::engine
