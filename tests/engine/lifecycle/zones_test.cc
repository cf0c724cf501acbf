// A server that starts where the rules of time zones have changed since the last one. The rules of this process do not
// change: what the earlier ones had made of an enrollment is written into its row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/planning/replanning.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kOlder = 2029'01, kNewer = 2029'02;

class ZonesTest : public ::testing::Test {
 protected:
  ZonesTest() { Restart(kOlder); }

  void Restart(int64_t zones) {
    world_.Stop();
    world_.SetZoneDatabase(zones);
    world_.Start();
    world_.Settle();
  }

  void Enrol(const std::string& clinic, int patients) {
    world_.CreatePathway(clinic, "knee", KneePathway());
    for (int i = 0; i < patients; ++i) world_.Enrol(clinic, absl::StrCat("e", i), KneePatient(clinic));
  }

  // Leaves the enrollments with a next_due that other rules would have made: too late by a day.
  void Misplace(const std::string& clinic) {
    ForRows(clinic, [](store::WriteTransaction& tx, store::EnrollmentRow& row) {
      row.next_due = *row.next_due + absl::Hours(24);
      return tx.SetNextDue(row);
    });
  }

  // The due times by which a clinic's enrollments are found, each once.
  std::set<absl::Time> NextDue(const std::string& clinic) {
    std::set<absl::Time> due;
    ForRows(clinic, [&](store::WriteTransaction&, store::EnrollmentRow& row) {
      due.insert(*row.next_due);
      return absl::OkStatus();
    });
    return due;
  }

  World world_{At("2029-03-01T08:00")};
  const std::set<absl::Time> right_{At("2029-03-02T09:00")};
  const std::set<absl::Time> wrong_{At("2029-03-03T09:00")};

 private:
  void ForRows(const std::string& clinic,
               std::function<absl::Status(store::WriteTransaction&, store::EnrollmentRow&)> visit) {
    world_.Write([&](store::WriteTransaction& tx) -> absl::Status {
      store::EnrollmentQuery query;
      query.clinic = clinic;
      auto rows = tx.ListEnrollments(query);
      if (!rows.ok()) return rows.status();
      for (store::EnrollmentRow& row : *rows) {
        if (absl::Status status = visit(tx, row); !status.ok()) return status;
      }
      return absl::OkStatus();
    });
  }
};

TEST_F(ZonesTest, OtherZonesPlanEveryEnrollmentOfEveryClinicAnew) {
  world_.CreateClinic("north");
  world_.CreateClinic("south");
  world_.CreateSandbox("box", At("2029-03-01T08:00"));
  Enrol("north", 3 * kReplannedPerMutation / 2);
  Enrol("south", 2);
  Enrol("box", 2);
  for (const char* clinic : {"north", "south", "box"}) {
    Misplace(clinic);
    ASSERT_EQ(NextDue(clinic), wrong_);
  }
  Restart(kNewer);
  for (const char* clinic : {"north", "south", "box"}) EXPECT_EQ(NextDue(clinic), right_) << clinic;
}

TEST_F(ZonesTest, TheSameZonesPlanNothingAnew) {
  world_.CreateClinic("north");
  Enrol("north", 2);
  Misplace("north");
  Restart(kOlder);
  EXPECT_EQ(NextDue("north"), wrong_);
  Restart(kNewer);
  EXPECT_EQ(NextDue("north"), right_);
  Misplace("north");
  Restart(kNewer);
  EXPECT_EQ(NextDue("north"), wrong_);
}

TEST_F(ZonesTest, AClinicWithACalendarIsPlannedAnewByItsCalendar) {
  world_.CreateClinic("north");
  Enrol("north", 1);
  v1::UpdateClinicRequest request;
  *request.mutable_clinic() = FromText<v1::Clinic>(
      "name: 'clinics/north' contact_hours { openings { opens: '11:00' closes: '12:00' } }");
  Good(world_.Call(&Engine::clinics, &Clinics::Update, request));
  const std::set<absl::Time> opening{At("2029-03-02T11:00")};
  ASSERT_EQ(NextDue("north"), opening);
  Misplace("north");
  Restart(kNewer);
  EXPECT_EQ(NextDue("north"), opening);
  // And a calendar that changes under the newer zones moves what was planned by them.
  request.mutable_clinic()->mutable_contact_hours()->mutable_openings(0)->set_opens("11:30");
  Good(world_.Call(&Engine::clinics, &Clinics::Update, request));
  EXPECT_EQ(NextDue("north"), std::set<absl::Time>{At("2029-03-02T11:30")});
}

TEST_F(ZonesTest, WhatIsDueByTheNewRulesComesDueAtOnceAndNothingTwice) {
  world_.CreateClinic("north");
  Enrol("north", 1);
  world_.MoveTo(At("2029-03-02T09:30"));
  const std::vector<v1::Lease> first = world_.Lease("north");
  ASSERT_THAT(first, SizeIs(1));
  world_.Report(first[0].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  Misplace("north");  // the older rules had the second a day later
  world_.MoveTo(At("2029-03-02T15:30"));
  ASSERT_THAT(world_.Lease("north"), IsEmpty());
  Restart(kNewer);
  const std::vector<v1::Lease> second = world_.Lease("north");
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].reminder(), "clinics/north/enrollments/e0/reminders/ice.2029-03-02-1500");
  EXPECT_EQ(world_.StateOf(first[0].reminder()), "SENT");
}

TEST_F(ZonesTest, WhatACrashLeavesIsPlannedAnewByTheNextServer) {
  world_.CreateClinic("north");
  Enrol("north", 2);
  Misplace("north");
  world_.Stop();
  world_.StartStoreOnly();
  Pending noted;
  world_.store().Submit([](store::WriteTransaction& tx) { return tx.ReplanAll(kNewer); }, noted.done());
  ASSERT_TRUE(noted.Wait().ok());
  world_.StopStoreOnly();
  world_.SetZoneDatabase(kNewer);
  world_.Start();
  world_.Settle();
  EXPECT_EQ(NextDue("north"), right_);
}

TEST_F(ZonesTest, AServerWithTheOlderZonesPlansAnewWhatTheNewerHadPlanned) {
  world_.CreateClinic("north");
  Enrol("north", 2);
  Restart(kNewer);
  world_.Enrol("north", "f", KneePatient("north"));
  Misplace("north");
  Restart(kOlder);
  EXPECT_EQ(NextDue("north"), right_);
}

TEST_F(ZonesTest, UntilItsTurnComesAnEnrollmentIsShownAndFiredByTheNewRules) {
  world_.CreateClinic("north");
  Enrol("north", 1);
  world_.MoveTo(At("2029-03-02T10:00"));
  Misplace("north");
  world_.Stop();
  world_.SetZoneDatabase(kNewer);
  world_.Start();
  // As if the sweeper had not come to it yet, nor would: nobody is to be planned anew, and this one was not.
  Misplace("north");
  world_.Write([](store::WriteTransaction& tx) -> absl::Status {
    store::EnrollmentRow row = **tx.GetEnrollment("north", "e0");
    row.plan_fingerprint = kOlder;
    return tx.UpdateEnrollment(row);
  });
  world_.MoveTo(At("2029-03-02T15:30"));
  EXPECT_EQ(world_.StateOf("clinics/north/enrollments/e0/reminders/ice.2029-03-02-0900"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_EQ(world_.StateOf("clinics/north/enrollments/e0/reminders/ice.2029-03-02-1500"), "SCHEDULED");
  ASSERT_TRUE(world_.End("clinics/north/enrollments/e0").ok());
  int came_due = 0;
  for (const v1::Event& event : world_.Events("north")) {
    came_due += event.reminder().state() == v1::REMINDER_STATE_DUE ? 1 : 0;
  }
  EXPECT_EQ(came_due, 2) << "ice.2029-03-02-1500 was due by the new rules before the end";
}

}  // namespace
}  // namespace aftercare::engine
