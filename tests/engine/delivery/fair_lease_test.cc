// Whose messages are leased where there are more than a gateway may have, and how many of a clinic by the minute.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class FairLeaseTest : public ::testing::Test {
 protected:
  // Makes a clinic in real time with `patients` patients, each with a message due at nine.
  void Fill(const std::string& clinic, int patients) {
    world_.CreateClinic(clinic);
    world_.CreatePathway(clinic, "knee", KneePathway());
    for (int i = 0; i < patients; ++i) world_.Enrol(clinic, absl::StrCat("e", i), KneePatient(clinic));
  }

  void Limit(const std::string& clinic, int a_minute) {
    v1::UpdateClinicRequest request;
    request.mutable_clinic()->set_name(ClinicNameOf(clinic));
    request.mutable_clinic()->set_max_messages_per_minute(a_minute);
    request.mutable_update_mask()->add_paths("max_messages_per_minute");
    Good(world_.Call(&Engine::clinics, &Clinics::Update, request));
  }

  // How many of each clinic are leased by one call.
  std::map<std::string, int> Leased(int max, const std::string& parent = "clinics/-") {
    std::map<std::string, int> leased;
    absl::Time last = absl::InfinitePast();
    for (const v1::Lease& lease :
         world_.Lease(FromText<v1::LeaseRemindersRequest>(absl::StrCat("parent: '", parent, "' max_reminders: ", max)))) {
      ++leased[ParseReminderName(lease.reminder())->clinic];
      EXPECT_LE(last, plan::ToTime(lease.due_time())) << "in order of due time";
      last = plan::ToTime(lease.due_time());
    }
    return leased;
  }

  World world_{At("2029-03-01T08:00")};
};

TEST_F(FairLeaseTest, ALongQueueOfOneClinicKeepsNobodyWaiting) {
  Fill("a", 60);
  Fill("b", 3);
  Fill("c", 3);
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_THAT(Leased(32), ElementsAre(Pair("a", 26), Pair("b", 3), Pair("c", 3)));
}

TEST_F(FairLeaseTest, ClinicsTakeTurnsWhereOneCallTakesFewerThanThereAreClinics) {
  for (const char* clinic : {"a", "b", "c"}) Fill(clinic, 4);
  world_.MoveTo(At("2029-03-02T09:00"));
  std::vector<std::string> turns;
  for (int i = 0; i < 6; ++i) {
    const auto leased = Leased(1);
    ASSERT_THAT(leased, SizeIs(1));
    turns.push_back(leased.begin()->first);
  }
  EXPECT_THAT(turns, ElementsAre("a", "b", "c", "a", "b", "c"));
}

TEST_F(FairLeaseTest, EverythingIsLeasedInTheEndAndOnce) {
  Fill("a", 40);
  Fill("b", 1);
  Fill("c", 17);
  world_.MoveTo(At("2029-03-02T09:00"));
  std::map<std::string, int> all;
  for (int i = 0; i < 100; ++i) {
    for (const auto& [clinic, count] : Leased(7)) all[clinic] += count;
  }
  EXPECT_THAT(all, ElementsAre(Pair("a", 40), Pair("b", 1), Pair("c", 17)));
}

TEST_F(FairLeaseTest, NoMoreThanItsRateIsLeasedOfAClinicAndTheRestFollowsEvenly) {
  Fill("a", 10);
  Fill("b", 4);
  Limit("a", 120);  // two a second
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_THAT(Leased(100), ElementsAre(Pair("a", 2), Pair("b", 4)));
  EXPECT_THAT(Leased(100), IsEmpty());
  world_.MoveTo(At("2029-03-02T09:00") + absl::Milliseconds(499));
  EXPECT_THAT(Leased(100), IsEmpty());
  world_.MoveTo(At("2029-03-02T09:00") + absl::Milliseconds(500));
  EXPECT_THAT(Leased(100, "clinics/a"), ElementsAre(Pair("a", 1)));
  world_.MoveTo(At("2029-03-02T09:00:30"));
  EXPECT_THAT(Leased(100), ElementsAre(Pair("a", 2))) << "a long pause saves nothing up";
  Limit("a", 0);
  EXPECT_THAT(Leased(100), ElementsAre(Pair("a", 5)));
}

TEST_F(FairLeaseTest, ARateOfLessThanOneASecondLeasesOneAtATime) {
  Fill("a", 3);
  Limit("a", 1);
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_THAT(Leased(100), ElementsAre(Pair("a", 1)));
  world_.MoveTo(At("2029-03-02T09:00:59"));
  EXPECT_THAT(Leased(100), IsEmpty());
  world_.MoveTo(At("2029-03-02T09:01"));
  EXPECT_THAT(Leased(100), SizeIs(1));
}

TEST_F(FairLeaseTest, ARateHoldsOverARestart) {
  Fill("a", 3);
  Limit("a", 60);
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_THAT(Leased(100), ElementsAre(Pair("a", 1)));
  world_.Stop();
  world_.Start();
  EXPECT_THAT(Leased(100), IsEmpty());
}

TEST_F(FairLeaseTest, AWaitingCallIsGivenWhatTheRateAllowsAsSoonAsItDoes) {
  Fill("a", 2);
  Limit("a", 60);
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_THAT(Leased(100), SizeIs(1));
  LongPoll poll(world_, FromText<v1::LeaseRemindersRequest>("parent: 'clinics/a' wait { seconds: 60 }"));
  world_.Drain();
  EXPECT_FALSE(poll.pending.over());
  world_.MoveTo(At("2029-03-02T09:00:01"));
  EXPECT_TRUE(poll.pending.Wait().ok());
  EXPECT_THAT(poll.response.leases(), SizeIs(1));
}

}  // namespace
}  // namespace aftercare::engine
