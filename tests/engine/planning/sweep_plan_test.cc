// Sweeps that were worked out ahead, and what has changed by the time they are made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kLimit = 100;

class SweepPlanTest : public SandboxFixture {
 protected:
  SweepPlanTest() {
    for (const char* id : {"a", "b", "c"}) world_.Enrol("box", id, KneePatient("box", absl::StrCat("p-", id)));
  }
  SweepPlan Plan(absl::Time now, int limit = kLimit, const SweepPositions& after = {}) {
    SweepPlan plan;
    world_.Read([&](store::ReadTransaction& tx) {
      return PlanSweep(world_.engine().context, tx, {"box", now, limit}, after, last_clinic_, &plan);
    });
    return plan;
  }
  SweepResult Sweep(absl::Time now, const SweepPlan& plan, int limit = kLimit) {
    SweepResult result;
    world_.Write([&](store::WriteTransaction& tx) {
      auto swept = engine::Sweep(world_.engine().context, world_.engine().enrollment_cache, tx, {"box", now, limit}, plan);
      if (swept.ok()) result = *std::move(swept);
      return swept.status();
    });
    return result;
  }
  // What has fired, in the order of the log: `a/ice.2029-03-02-0900`.
  std::vector<std::string> Fired() {
    std::vector<std::string> fired;
    for (const v1::Event& event : world_.Events("box")) {
      if (event.reminder().state() != v1::REMINDER_STATE_DUE) continue;
      fired.push_back(absl::StrCat(event.enrollment().substr(std::string("clinics/box/enrollments/").size()),
                                   event.reminder().name().substr(event.reminder().name().rfind('/'))));
    }
    return fired;
  }
  static std::string NameOf(const std::string& id) { return absl::StrCat("clinics/box/enrollments/", id); }

  RoundRobinCursor last_clinic_;
  const absl::Time due_ = At("2029-03-02T09:00");
};

TEST_F(SweepPlanTest, WhatWasPlannedFires) {
  const SweepPlan plan = Plan(due_);
  EXPECT_EQ(plan.firing.size(), 3u);
  const SweepResult result = Sweep(due_, plan);
  EXPECT_EQ(result.fired, 3);
  EXPECT_EQ(result.contexts.size(), 3u);
  EXPECT_FALSE(result.more);
  EXPECT_THAT(Fired(), ElementsAre("a/ice.2029-03-02-0900", "b/ice.2029-03-02-0900", "c/ice.2029-03-02-0900"));
  EXPECT_EQ(Sweep(due_, plan).fired, 0) << "each once";
  EXPECT_THAT(Fired(), ElementsAre("a/ice.2029-03-02-0900", "b/ice.2029-03-02-0900", "c/ice.2029-03-02-0900"));
}

TEST_F(SweepPlanTest, WhatComesAfterAPlanIsPlannedBeforeThatHasFired) {
  const SweepPlan first = Plan(due_, 2);
  ASSERT_TRUE(first.end.has_value());
  const SweepPlan second = Plan(due_, 2, *first.end);
  EXPECT_EQ(second.firing.size(), 1u);
  EXPECT_FALSE(second.end.has_value()) << "nothing is left";
  EXPECT_EQ(Sweep(due_, first, 2).fired, 2);
  EXPECT_EQ(Sweep(due_, second, 2).fired, 1);
  EXPECT_THAT(Fired(), ElementsAre("a/ice.2029-03-02-0900", "b/ice.2029-03-02-0900", "c/ice.2029-03-02-0900"));
}

TEST_F(SweepPlanTest, APlanThatRunsAheadOfAFailedOneLeavesNothingBehind) {
  const SweepPlan first = Plan(due_, 2);
  const SweepPlan second = Plan(due_, 2, *first.end);
  EXPECT_EQ(Sweep(due_, second, 2).fired, 2) << "the one that was planned, and one that is looked up";
  EXPECT_EQ(Sweep(due_, {}, 2).fired, 1);
}

TEST_F(SweepPlanTest, WhatHasChangedSinceIsLookedAtAnew) {
  const SweepPlan plan = Plan(due_);
  ASSERT_TRUE(world_.End(NameOf("a")).ok());
  ASSERT_TRUE(world_.Pause(NameOf("b")).ok());
  world_.Update(NameOf("c"), "procedure_date: '2029-03-02'");
  EXPECT_EQ(Sweep(due_, plan).fired, 0);
  EXPECT_THAT(Fired(), IsEmpty());
  const absl::Time next_day = due_ + absl::Hours(24);
  EXPECT_EQ(Sweep(next_day, plan).fired, 1);
  EXPECT_THAT(Fired(), ElementsAre("c/ice.2029-03-03-0900"));
}

TEST_F(SweepPlanTest, ACalendarThatHasChangedSinceCounts) {
  const SweepPlan plan = Plan(due_);
  v1::UpdateClinicRequest request;
  request.mutable_clinic()->set_name("clinics/box");
  *request.mutable_clinic()->mutable_contact_hours() =
      FromText<v1::ContactHours>("openings { opens: '10:00' closes: '12:00' }");
  request.mutable_update_mask()->add_paths("contact_hours");
  ASSERT_TRUE(world_.Call(&Engine::clinics, &Clinics::Update, request).ok());
  Sweep(due_, plan);
  EXPECT_THAT(Fired(), IsEmpty());
  EXPECT_EQ(Sweep(due_ + absl::Hours(1), plan).fired, 3);
}

TEST_F(SweepPlanTest, WhatIsNewSinceFiresToo) {
  const SweepPlan plan = Plan(due_, 1);
  EXPECT_EQ(plan.firing.size(), 1u);
  EXPECT_EQ(Sweep(due_, plan).fired, 3);
  EXPECT_THAT(Fired(), ElementsAre("a/ice.2029-03-02-0900", "b/ice.2029-03-02-0900", "c/ice.2029-03-02-0900"));
}

TEST_F(SweepPlanTest, APlanForLaterIsNotForNow) {
  const SweepPlan plan = Plan(due_);
  EXPECT_EQ(Sweep(due_ - absl::Seconds(1), plan).fired, 0);
  EXPECT_THAT(Fired(), IsEmpty());
}

TEST_F(SweepPlanTest, TheLimitHoldsForPlannedAndUnplannedTogether) {
  const SweepResult first = Sweep(due_, Plan(due_, 1), 2);
  EXPECT_EQ(first.fired, 2);
  EXPECT_TRUE(first.more);
  const SweepResult second = Sweep(due_, Plan(due_, 2), 2);
  EXPECT_EQ(second.fired, 1);
  EXPECT_FALSE(second.more);
}

TEST_F(SweepPlanTest, EnrollmentsWhoseRowsMustBeReadFireUnplanned) {
  ASSERT_TRUE(world_.Move(NameOf("a") + "/reminders/ice.2029-03-02-1500", At("2029-03-04T10:00")).ok());
  const SweepPlan plan = Plan(due_);
  EXPECT_EQ(plan.firing.size(), 2u);
  EXPECT_EQ(Sweep(due_, plan).fired, 3);
}

}  // namespace
}  // namespace aftercare::engine
