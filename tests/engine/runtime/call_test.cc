// What a call may reach: the data of its clinics, as long as somebody waits for it, in the name of its caller.
#include "scheduler/engine/runtime/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scheduler/engine/runtime/open_calls.h"
#include "scheduler/engine/runtime/system_access.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Callers may do what they may by their role, until the test withdraws it.
class Withdrawable : public Authorizer {
 public:
  absl::Status Authorize(const Caller& caller, Permission permission, absl::string_view clinic) const override {
    if (withdrawn_) return absl::PermissionDeniedError("withdrawn");
    return by_role_.Authorize(caller, permission, clinic);
  }
  uint64_t Generation() const override { return withdrawn_ ? 1 : 0; }
  void Withdraw() { withdrawn_ = true; }

 private:
  const RoleAuthorizer by_role_;
  std::atomic<bool> withdrawn_{false};
};

class CallTest : public ::testing::Test {
 protected:
  CallTest() : world_(At("2029-03-01T08:00"), {}, World::kForever, &authorizer_) {
    for (const std::string clinic : {"east", "north", "south"}) {
      world_.CreateClinic(clinic);
      world_.CreatePathway(clinic, "knee", KneePathway());
    }
    world_.Enrol("north", "e", KneePatient("north"));
  }

  CallPtr MakeCall(Role role, const std::vector<std::string>& clinics,
                   Call::SteadyTime deadline = Call::SteadyTime::max()) {
    Caller caller;
    caller.principal = "ann";
    caller.role = role;
    caller.clinics.insert(clinics.begin(), clinics.end());
    return Call::Make(world_.engine().context, {.caller = caller,
                                                .method = &MethodNamed("aftercare.v1.EnrollmentService/EndEnrollment"),
                                                .deadline = deadline});
  }

  // How a read ends that is about `clinic` and reaches for the enrollment e of `touched`.
  std::string ReadOf(const CallPtr& call, const std::string& clinic, const std::string& touched) {
    Pending pending;
    call->Read(
        clinic, [&](store::ReadTransaction& tx) { return tx.GetEnrollment(touched, "e").status(); }, pending.done());
    return ErrorOf(pending.Wait());
  }

  // How a mutation ends that is about `clinic` and adds an event to the log of `touched`.
  std::string WriteOf(const CallPtr& call, const std::string& clinic, const std::string& touched) {
    Pending pending;
    call->Write(
        clinic, nullptr, [&](store::WriteTransaction& tx) { return tx.AppendEvent(touched, v1::Event()); },
        pending.done());
    return ErrorOf(pending.Wait());
  }

  Withdrawable authorizer_;
  World world_;
};

TEST_F(CallTest, TheCallersOwnClinicIsReadAndWritten) {
  const CallPtr call = MakeCall(Role::kClinic, {"north"});
  EXPECT_EQ(ReadOf(call, "north", "north"), "OK");
  EXPECT_EQ(WriteOf(call, "north", "north"), "OK");
  EXPECT_EQ(call->clinic(), "north");
}

TEST_F(CallTest, AnotherClinicIsRefused) {
  const CallPtr call = MakeCall(Role::kClinic, {"north"});
  EXPECT_EQ(ReadOf(call, "south", "south"), "PERMISSION_DENIED/CLINIC_NOT_YOURS");
  EXPECT_EQ(WriteOf(call, "south", "south"), "PERMISSION_DENIED/CLINIC_NOT_YOURS");
}

TEST_F(CallTest, ARoleWithoutThePermissionIsRefused) {
  EXPECT_EQ(ReadOf(MakeCall(Role::kReader, {"north"}), "north", "north"), "PERMISSION_DENIED/ROLE_NOT_ALLOWED");
}

TEST_F(CallTest, WorkAboutOneClinicCannotReachAnother) {
  const CallPtr call = MakeCall(Role::kAdmin, {"north", "south"});
  EXPECT_THAT(ReadOf(call, "north", "south"), ::testing::StartsWith("INTERNAL"));
  EXPECT_THAT(WriteOf(call, "north", "south"), ::testing::StartsWith("INTERNAL"));
  EXPECT_THAT(world_.Events("south"), IsEmpty());
}

TEST_F(CallTest, WorkAcrossClinicsReachesTheCallersOnly) {
  const CallPtr call = MakeCall(Role::kClinic, {"east", "south"});
  std::vector<std::string> listed;
  Pending pending;
  call->Read(
      kAllClinics,
      [&](store::ReadTransaction& tx) -> absl::Status {
        auto clinics = tx.ListClinics("", 10);
        if (!clinics.ok()) return clinics.status();
        for (const store::ClinicRow& row : *clinics) listed.push_back(row.clinic);
        return tx.GetEnrollment("north", "e").status();
      },
      pending.done());
  EXPECT_EQ(ErrorOf(pending.Wait()), "PERMISSION_DENIED/CLINIC_NOT_YOURS");
  EXPECT_THAT(listed, ElementsAre("east", "south"));
}

TEST_F(CallTest, WorkThatNamesNoClinicIsRefused) {
  const CallPtr call = MakeCall(Role::kAdmin, {"north"});
  EXPECT_THAT(ReadOf(call, "", "north"), ::testing::StartsWith("INTERNAL"));
  EXPECT_THAT(WriteOf(call, "", "north"), ::testing::StartsWith("INTERNAL"));
}

TEST_F(CallTest, WorkThatNobodyWaitsForIsNotBegun) {
  const CallPtr gone = MakeCall(Role::kAdmin, {"north"});
  gone->Cancel();
  EXPECT_THAT(ReadOf(gone, "north", "north"), ::testing::StartsWith("CANCELLED"));
  EXPECT_THAT(WriteOf(gone, "north", "north"), ::testing::StartsWith("CANCELLED"));
  const CallPtr late = MakeCall(Role::kAdmin, {"north"}, std::chrono::steady_clock::now());
  EXPECT_THAT(ReadOf(late, "north", "north"), ::testing::StartsWith("DEADLINE_EXCEEDED"));
  EXPECT_THAT(WriteOf(late, "north", "north"), ::testing::StartsWith("DEADLINE_EXCEEDED"));
  EXPECT_EQ(world_.Events("north").size(), 1u) << "that of the enrollment only";
}

TEST_F(CallTest, AMutationThatRunsAgainIsNotGivenUpThoughItsCallerHasGone) {
  const CallPtr call = MakeCall(Role::kAdmin, {"north"});
  int runs = 0;
  Pending written, failed;
  // The two mutations wait while this one runs, so that they are committed together; the second spoils their first run.
  world_.Write([&](store::WriteTransaction&) {
    call->Write(
        "north", nullptr,
        [&](store::WriteTransaction& tx) {
          ++runs;
          call->Cancel();
          return tx.AppendEvent("north", v1::Event());
        },
        written.done());
    SystemAccess::Write(
        world_.engine().context,
        [](store::WriteTransaction& tx) {
          tx.AppendEvent("south", v1::Event()).IgnoreError();
          return absl::AbortedError("after writing");
        },
        failed.done());
    return absl::OkStatus();
  });
  EXPECT_EQ(ErrorOf(written.Wait()), "OK");
  EXPECT_FALSE(failed.Wait().ok());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(world_.Events("north").size(), 2u);
}

TEST_F(CallTest, EventsNameWhoMadeThem) {
  WriteOf(MakeCall(Role::kClinic, {"north"}), "north", "north");
  world_.MoveTo(At("2029-03-02T09:00"));
  std::vector<std::string> actors;
  for (const v1::Event& event : world_.Events("north")) actors.push_back(event.actor());
  ASSERT_GE(actors.size(), 3u);
  EXPECT_EQ(actors[0], "operator") << "of the enrollment";
  EXPECT_EQ(actors[1], "ann");
  EXPECT_THAT(std::vector<std::string>(actors.begin() + 2, actors.end()), Each("")) << "what came due is time's doing";
}

TEST_F(CallTest, WhatTimeBringsAboutDuringACallHasNoActor) {
  world_.MoveTo(At("2029-03-04T12:00"));
  world_.Enrol("south", "late", KneePatient("south"));
  const std::vector<v1::Event> events = world_.Events("south");
  ASSERT_GE(events.size(), 2u) << "some messages come due at once";
  for (const v1::Event& event : events) EXPECT_EQ(event.actor(), event.has_reminder() ? "" : "operator");
}

TEST_F(CallTest, WhatStaysOpenHearsWhenThePermissionIsWithdrawn) {
  const CallPtr call = MakeCall(Role::kClinic, {"north"});
  Pending denied;
  ASSERT_TRUE(call->StayOpen("north", denied.done()).ok());
  const CallPtr refused = MakeCall(Role::kClinic, {"south"});
  EXPECT_EQ(ErrorOf(refused->StayOpen("north", [](absl::Status) { ADD_FAILURE() << "it was never allowed"; })),
            "PERMISSION_DENIED/CLINIC_NOT_YOURS");
  MakeCall(Role::kClinic, {"north"})
      ->StayOpen("north", [](absl::Status) { ADD_FAILURE() << "it is over"; })
      .IgnoreError();
  EXPECT_FALSE(denied.over());
  authorizer_.Withdraw();
  EXPECT_TRUE(absl::IsPermissionDenied(denied.Wait()));
}

}  // namespace
}  // namespace aftercare::engine
