// LeaseReminders that waits: what ends the wait, and that nothing is overslept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class LongPollTest : public RealTimeFixture {
 protected:
  LongPollTest() : RealTimeFixture({.now = At("2029-03-02T08:59:30")}) {
    world_.Enrol("north", "e", KneePatient("north"));
  }

  // A call that has looked, found nothing and waits.
  std::unique_ptr<LongPoll> Poll(const std::string& more = "wait { seconds: 60 }") {
    const std::string parent = more.find("parent") == std::string::npos ? "parent: 'clinics/north' " : "";
    auto poll = std::make_unique<LongPoll>(world_, FromText<v1::LeaseRemindersRequest>(parent + more));
    world_.Drain();
    return poll;
  }
};

TEST_F(LongPollTest, AWaitEndsWhenSomethingComesDue) {
  const auto poll = Poll();
  EXPECT_FALSE(poll->pending.over());
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_TRUE(poll->pending.Wait().ok());
  ASSERT_THAT(poll->response.leases(), SizeIs(1));
  EXPECT_EQ(poll->response.leases(0).reminder(), "clinics/north/enrollments/e/reminders/ice.2029-03-02-0900");
}

TEST_F(LongPollTest, AWaitForAllClinicsEndsWhenSomethingComesDueInOne) {
  const auto poll = Poll("parent: 'clinics/-' wait { seconds: 60 }");
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_TRUE(poll->pending.Wait().ok());
  EXPECT_THAT(poll->response.leases(), SizeIs(1));
}

TEST_F(LongPollTest, AWaitEndsEmptyWhenItsTimeIsOver) {
  const auto poll = Poll("wait { nanos: 1000000 }");
  EXPECT_TRUE(poll->pending.Wait().ok());
  EXPECT_THAT(poll->response.leases(), IsEmpty());
}

TEST_F(LongPollTest, ACallThatNeedNotWaitAnswersAtOnce) {
  EXPECT_TRUE(Poll("")->pending.over());
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_TRUE(Poll()->pending.over());
}

TEST_F(LongPollTest, AnEnrollmentWithSomethingDueEndsTheWait) {
  const auto poll = Poll();
  v1::Enrollment patient = KneePatient("north", "p-2");
  patient.set_procedure_date("2029-02-28");
  world_.clock().Set(At("2029-03-02T08:59:30"));
  world_.Enrol("north", "late", patient);  // nothing of it is due yet
  EXPECT_FALSE(poll->pending.over());
  patient.set_time_zone("Europe/Paris");
  world_.Enrol("north", "later", patient);
  EXPECT_TRUE(poll->pending.Wait().ok());
  ASSERT_THAT(poll->response.leases(), SizeIs(1));
  EXPECT_EQ(poll->response.leases(0).reminder(), "clinics/north/enrollments/later/reminders/ice.2029-03-02-0900");
}

TEST_F(LongPollTest, AReleaseByAnotherGatewayEndsTheWait) {
  world_.MoveTo(At("2029-03-02T09:00"));
  const std::vector<v1::Lease> held = world_.Lease("north");
  ASSERT_THAT(held, SizeIs(1));
  const auto poll = Poll();
  EXPECT_FALSE(poll->pending.over());
  world_.Report(held[0].lease_id(), v1::DELIVERY_OUTCOME_RELEASED);
  EXPECT_TRUE(poll->pending.Wait().ok());
  ASSERT_THAT(poll->response.leases(), SizeIs(1));
  EXPECT_EQ(poll->response.leases(0).attempt(), 2);
}

TEST_F(LongPollTest, ALeaseOfAnotherGatewayThatRunsOutEndsTheWait) {
  world_.MoveTo(At("2029-03-02T09:00"));
  ASSERT_THAT(world_.Lease(FromText<v1::LeaseRemindersRequest>(
                  "parent: 'clinics/north' lease_duration { seconds: 10 }")),
              SizeIs(1));
  const auto poll = Poll();
  EXPECT_FALSE(poll->pending.over());
  world_.clock().Set(At("2029-03-02T09:00:10"));
  EXPECT_TRUE(poll->pending.Wait().ok());
  EXPECT_THAT(poll->response.leases(), SizeIs(1));
}

TEST_F(LongPollTest, ALeaseThatRunsOutAfterARestartEndsTheWait) {
  world_.MoveTo(At("2029-03-02T09:00"));
  ASSERT_THAT(world_.Lease(FromText<v1::LeaseRemindersRequest>(
                  "parent: 'clinics/north' lease_duration { seconds: 10 }")),
              SizeIs(1));
  world_.Stop();
  world_.Start();
  const auto poll = Poll();
  world_.clock().Set(At("2029-03-02T09:00:10"));
  EXPECT_TRUE(poll->pending.Wait().ok());
  EXPECT_THAT(poll->response.leases(), SizeIs(1));
}

TEST_F(LongPollTest, APauseAfterAFailureThatIsOverEndsTheWait) {
  world_.MoveTo(At("2029-03-02T09:00"));
  const std::vector<v1::Lease> held = world_.Lease("north");
  ASSERT_THAT(held, SizeIs(1));
  world_.Report(held[0].lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE);
  const auto poll = Poll();
  world_.clock().Set(At("2029-03-02T09:00:22"));
  world_.Drain();
  EXPECT_FALSE(poll->pending.over());
  world_.clock().Set(At("2029-03-02T09:00:38"));
  EXPECT_TRUE(poll->pending.Wait().ok());
  EXPECT_THAT(poll->response.leases(), SizeIs(1));
}

TEST_F(LongPollTest, ATestClockThatMovesEndsTheWaitInItsSandbox) {
  world_.CreateSandbox("box", At("2029-03-01T08:00"));
  world_.CreatePathway("box", "knee", KneePathway());
  world_.Enrol("box", "e", KneePatient("box"));
  const auto poll = Poll("parent: 'clinics/box' wait { seconds: 60 } lease_duration { seconds: 3600 }");
  world_.Advance("box", At("2029-03-02T09:00"));
  EXPECT_TRUE(poll->pending.Wait().ok());
  EXPECT_THAT(poll->response.leases(), SizeIs(1));
  const auto next = Poll("parent: 'clinics/box' wait { seconds: 60 }");
  world_.Advance("box", At("2029-03-02T09:59"));
  world_.Drain();
  EXPECT_FALSE(next->pending.over());
  world_.Advance("box", At("2029-03-02T10:00"));
  EXPECT_TRUE(next->pending.Wait().ok());
  EXPECT_THAT(next->response.leases(), SizeIs(1)) << "the lease ran out by the test clock";
}

TEST_F(LongPollTest, CancelEndsTheWait) {
  const auto poll = Poll();
  poll->call.Cancel();
  EXPECT_EQ(poll->pending.Wait().code(), absl::StatusCode::kCancelled);
  poll->call.Cancel();
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_THAT(world_.Lease("north"), SizeIs(1)) << "nothing was leased for the call that was cancelled";
}

TEST_F(LongPollTest, NothingIsLeasedForACallThatWasCancelledBeforeItLooked) {
  world_.MoveTo(At("2029-03-02T09:00"));
  std::unique_ptr<LongPoll> poll;
  world_.Write([&](store::WriteTransaction&) {  // while the writer is busy, the call is in its queue
    poll = std::make_unique<LongPoll>(world_, FromText<v1::LeaseRemindersRequest>("parent: 'clinics/north'"));
    poll->call.Cancel();
    return absl::OkStatus();
  });
  EXPECT_EQ(poll->pending.Wait().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(world_.Lease("north"), SizeIs(1));
}

TEST_F(LongPollTest, ShutdownEndsTheWait) {
  const auto poll = Poll();
  world_.engine().Shutdown();
  EXPECT_EQ(ErrorOf(poll->pending.Wait()), "UNAVAILABLE/SHUTTING_DOWN");
  EXPECT_EQ(ErrorOf(Poll()->pending.Wait()), "UNAVAILABLE/SHUTTING_DOWN");
}

TEST_F(LongPollTest, OneReminderGoesToOneOfManyWhoWait) {
  std::vector<std::unique_ptr<LongPoll>> polls;
  for (int i = 0; i < 50; ++i) polls.push_back(Poll());
  world_.MoveTo(At("2029-03-02T09:00"));
  world_.Drain();
  world_.engine().Shutdown();
  int leases = 0;
  for (const auto& poll : polls) {
    const absl::Status status = poll->pending.Wait();
    EXPECT_EQ(status.ok(), poll->response.leases_size() == 1) << status;
    leases += poll->response.leases_size();
  }
  EXPECT_EQ(leases, 1);
}

// Calls that are cancelled while something comes due end once, and what they did not lease is there for others.
TEST_F(LongPollTest, CancellingWhileSomethingComesDueLosesNothing) {
  for (int i = 0; i < 100; ++i) {
    world_.Enrol("north", absl::StrCat("e", i), KneePatient("north", absl::StrCat("p-", i)));
  }
  std::vector<std::unique_ptr<LongPoll>> polls;
  for (int i = 0; i < 100; ++i) polls.push_back(Poll("wait { seconds: 60 } max_reminders: 1"));
  world_.clock().Set(At("2029-03-02T09:00"));
  for (const auto& poll : polls) poll->call.Cancel();
  size_t leased = 0;
  for (const auto& poll : polls) {
    if (poll->pending.Wait().ok()) leased += poll->response.leases_size();
  }
  world_.Settle();
  v1::LeaseRemindersRequest rest;
  rest.set_parent("clinics/north");
  rest.set_max_reminders(1000);
  EXPECT_EQ(leased + world_.Lease(rest).size(), 101u);
}

}  // namespace
}  // namespace aftercare::engine
