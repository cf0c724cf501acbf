#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "scheduler/engine/clinics/sandbox_clock.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TestClockTest : public ::testing::Test {
 protected:
  void Open(const std::string& clinic, const v1::Pathway& pathway = KneePathway()) {
    world_.CreateSandbox(clinic, At("2029-03-01T08:00"));
    world_.CreatePathway(clinic, "knee", pathway);
  }

  // Patients all over the world, and `crowd` more who have everything at the same instants.
  void Fill(const std::string& clinic, int crowd) {
    int next = 0;
    for (const char* zone : {"UTC", "America/New_York", "Europe/Madrid", "Asia/Kolkata", "Australia/Lord_Howe",
                             "Pacific/Apia", "America/St_Johns", "Asia/Tokyo"}) {
      v1::Enrollment patient = KneePatient(clinic, absl::StrCat("p-", ++next));
      patient.set_time_zone(zone);
      world_.Enrol(clinic, absl::StrCat("e", next), patient);
    }
    for (int i = 0; i < crowd; ++i) {
      world_.Enrol(clinic, absl::StrCat("c", i), KneePatient(clinic, absl::StrCat("c-", i)));
    }
  }

  // The log with the clinic's name taken out.
  std::vector<std::string> Log(const std::string& clinic) {
    std::vector<std::string> lines;
    for (const v1::Event& event : world_.Events(clinic)) {
      lines.push_back(absl::StrReplaceAll(event.ShortDebugString(), {{"clinics/" + clinic + "/", ""}}));
    }
    return lines;
  }

  absl::StatusOr<v1::AdvanceTestClockResponse> Try(const std::string& text) {
    return world_.Call(&Engine::clinics, &Clinics::AdvanceTestClock, FromText<v1::AdvanceTestClockRequest>(text));
  }

  absl::Time ClockOf(const std::string& clinic) {
    v1::GetClinicRequest request;
    request.set_name(ClinicNameOf(clinic));
    return plan::ToTime(Good(world_.Call(&Engine::clinics, &Clinics::Get, request)).clinic().test_clock_time());
  }

  World world_{At("2031-01-01T00:00")};
};

TEST_F(TestClockTest, EverythingOnTheWayFiresInOrderAtTheInstantItIsDue) {
  Open("box");
  Fill("box", 3);
  world_.Advance("box", At("2030-03-01T00:00"));
  absl::Time last = absl::InfinitePast();
  int fired = 0;
  for (const v1::Event& event : world_.Events("box")) {
    const absl::Time time = plan::ToTime(event.event_time());
    EXPECT_GE(time, last);
    last = time;
    if (!event.has_reminder()) continue;
    const bool due = event.reminder().state() == v1::REMINDER_STATE_DUE;
    EXPECT_EQ(time, plan::ToTime(due ? event.reminder().due_time() : event.reminder().expire_time()));
    fired += due;
  }
  EXPECT_EQ(fired, 11 * 13);
}

TEST_F(TestClockTest, TheAnswerCountsWhatCameDueAndWhatClosed) {
  Open("box");
  world_.Enrol("box", "e", KneePatient("box"));
  v1::Enrollment refused = KneePatient("box", "p-2");
  refused.set_consent(v1::CONSENT_REFUSED);
  world_.Enrol("box", "refused", refused);
  const auto advanced = world_.Advance("box", At("2029-03-02T20:00"));
  EXPECT_EQ(advanced.fired_count(), 4) << "two of each patient, suppressed ones too";
  EXPECT_EQ(advanced.expired_count(), 2);
  EXPECT_EQ(plan::ToTime(advanced.clinic().test_clock_time()), At("2029-03-02T20:00"));
  EXPECT_EQ(ClockOf("box"), At("2029-03-02T20:00"));
}

TEST_F(TestClockTest, OneLongStepIsAsManyShortOnes) {
  Open("long");
  Open("short");
  Open("instant");
  for (const char* clinic : {"long", "short", "instant"}) Fill(clinic, 600);
  const absl::Time end = At("2029-03-20T00:00");
  int64_t fired = 0, expired = 0;
  for (absl::Time now = At("2029-03-01T08:00"); now < end; now += absl::Minutes(433)) {
    const auto advanced = world_.Advance("short", now);
    fired += advanced.fired_count();
    expired += advanced.expired_count();
  }
  const auto rest = world_.Advance("short", end);
  const auto whole = world_.Advance("long", end);
  EXPECT_EQ(whole.fired_count(), fired + rest.fired_count());
  EXPECT_EQ(whole.expired_count(), expired + rest.expired_count());
  EXPECT_EQ(whole.fired_count(), 608 * 7);
  EXPECT_EQ(Log("long"), Log("short"));
  world_.Advance("instant", At("2029-03-02T09:00"));
  EXPECT_EQ(world_.StateOf("clinics/instant/enrollments/c599/reminders/ice.2029-03-02-0900"), "DUE")
      << "all of that instant";
  world_.Advance("instant", At("2029-03-02T13:00"));
  world_.Advance("instant", end);
  EXPECT_EQ(Log("long"), Log("instant"));
}

TEST_F(TestClockTest, TimesOfASandboxHaveNothingToDoWithRealTime) {
  Open("box");
  world_.Enrol("box", "e", KneePatient("box"));
  world_.MoveTo(At("2035-01-01T00:00"));
  EXPECT_EQ(world_.StateOf("clinics/box/enrollments/e/reminders/ice.2029-03-02-0900"), "SCHEDULED");
  EXPECT_EQ(plan::ToTime(world_.Events("box")[0].event_time()), At("2029-03-01T08:00"));
}

TEST_F(TestClockTest, SandboxesDoNotMoveEachOther) {
  Open("box");
  Open("other");
  world_.Enrol("other", "e", KneePatient("other"));
  world_.Advance("box", At("2030-01-01T00:00"));
  EXPECT_EQ(world_.StateOf("clinics/other/enrollments/e/reminders/ice.2029-03-02-0900"), "SCHEDULED");
}

TEST_F(TestClockTest, AClockMovesByADurationToo) {
  Open("box");
  const auto advanced = Good(Try("name: 'clinics/box' duration { seconds: 90 nanos: 1500 }"));
  EXPECT_EQ(plan::ToTime(advanced.clinic().test_clock_time()), At("2029-03-01T08:01:30.000001"));
  Good(Try("name: 'clinics/box' duration {}"));
  EXPECT_EQ(ClockOf("box"), At("2029-03-01T08:01:30.000001"));
}

TEST_F(TestClockTest, TheLogTellsWhereTheClockStandsAfterWhatCameDueOnTheWay) {
  Open("box");
  world_.Enrol("box", "e", KneePatient("box"));
  const v1::Clinic clinic = world_.Advance("box", At("2029-03-02T10:00")).clinic();
  const std::vector<v1::Event> log = world_.WholeLog("box");
  ASSERT_GE(log.size(), 2u);
  EXPECT_EQ(log[log.size() - 2].reminder().state(), v1::REMINDER_STATE_DUE);
  EXPECT_EQ(log[log.size() - 2].actor(), "") << "what comes due is nobody's doing";
  v1::Event expected = FromText<v1::Event>(R"(type: EVENT_TYPE_CLINIC_CLOCK_MOVED actor: "operator")");
  *expected.mutable_event_time() = clinic.test_clock_time();
  expected.mutable_clinic()->set_name("clinics/box");
  expected.mutable_clinic()->set_etag(clinic.etag());
  EXPECT_EQ(log.back().DebugString(), expected.DebugString());
}

TEST_F(TestClockTest, AClockThatIsMovedToWhereItStandsIsNoChange) {
  Open("box");
  const std::string etag = world_.Advance("box", At("2029-03-01T09:00")).clinic().etag();
  const size_t events = world_.WholeLog("box").size();
  EXPECT_EQ(world_.Advance("box", At("2029-03-01T09:00")).clinic().etag(), etag);
  EXPECT_EQ(world_.WholeLog("box").size(), events);
}

// More instants than one step takes: who lists the clinic in between sees where the clock stands.
TEST_F(TestClockTest, EachStepOfALongWayIsLogged) {
  Open("box");
  Fill("box", 3);
  world_.Advance("box", At("2030-03-01T00:00"));
  std::vector<v1::Event> moves;
  for (v1::Event& event : world_.WholeLog("box")) {
    if (event.type() == v1::EVENT_TYPE_CLINIC_CLOCK_MOVED) moves.push_back(std::move(event));
  }
  ASSERT_GE(moves.size(), 2u);
  for (size_t i = 1; i < moves.size(); ++i) {
    EXPECT_LT(plan::ToTime(moves[i - 1].event_time()), plan::ToTime(moves[i].event_time()));
  }
  EXPECT_EQ(plan::ToTime(moves.back().event_time()), At("2030-03-01T00:00"));
}

TEST_F(TestClockTest, AClockDoesNotGoBackOrTooFar) {
  Open("box");
  EXPECT_THAT(BadFields(Try("name: 'clinics/box' time { seconds: 1 }").status()), ElementsAre("time"));
  EXPECT_THAT(BadFields(Try("name: 'clinics/box' time { seconds: 9000000000 }").status()), ElementsAre("time"));
  EXPECT_THAT(BadFields(Try("name: 'clinics/box' time { seconds: 9223372036854775807 }").status()),
              ElementsAre("time"));
  EXPECT_THAT(BadFields(Try("name: 'clinics/box' duration { seconds: -1 }").status()), ElementsAre("duration"));
  EXPECT_THAT(BadFields(Try("name: 'clinics/box' duration { seconds: 400000000 }").status()), ElementsAre("duration"));
  EXPECT_THAT(BadFields(Try("name: 'box'").status()), ElementsAre("name", "target"));
  EXPECT_EQ(ClockOf("box"), At("2029-03-01T08:00"));
}

TEST(TestClockEndTest, AClockDoesNotLeaveTheYearsThatPlansKnow) {
  World world(At("2029-03-01T08:00"));
  world.CreateSandbox("late", absl::FromUnixSeconds(kEndOfTestClocks) - absl::Hours(1));
  v1::AdvanceTestClockRequest request;
  request.set_name("clinics/late");
  request.mutable_duration()->set_seconds(3600);
  EXPECT_THAT(BadFields(world.Call(&Engine::clinics, &Clinics::AdvanceTestClock, request).status()),
              ElementsAre("time"));
  request.mutable_duration()->set_seconds(3599);
  EXPECT_TRUE(world.Call(&Engine::clinics, &Clinics::AdvanceTestClock, request).ok());
}

TEST_F(TestClockTest, AClinicInRealTimeHasNoTestClock) {
  world_.CreateClinic("north");
  EXPECT_EQ(ErrorOf(Try("name: 'clinics/north' duration {}").status()), "FAILED_PRECONDITION/NOT_A_SANDBOX");
  EXPECT_EQ(ErrorOf(Try("name: 'clinics/west' duration {}").status()), "NOT_FOUND/CLINIC_NOT_FOUND");
}

// Both have to walk over more instants than one step takes, the shorter way first, so that it goes on after the longer
// one has arrived.
TEST_F(TestClockTest, TwoWhoMoveTheClockAtOnceNeverMoveItBack) {
  v1::Pathway hourly = KneePathway();
  hourly.mutable_rules()->DeleteSubrange(1, 2);
  hourly.mutable_rules(0)->mutable_schedule()->clear_times();
  hourly.mutable_rules(0)->mutable_schedule()->mutable_window()->set_hours(200);
  for (int hour = 0; hour < 24; ++hour) {
    hourly.mutable_rules(0)->mutable_schedule()->add_times(absl::StrCat(hour / 10, hour % 10, ":00"));
  }
  Open("box", hourly);
  world_.Enrol("box", "e", KneePatient("box"));
  const auto to = [](const char* time) {
    v1::AdvanceTestClockRequest request;
    request.set_name("clinics/box");
    plan::SetTimestamp(At(time), request.mutable_time());
    return request;
  };
  const auto near = to("2029-03-04T18:00"), far = to("2029-03-05T12:00");
  v1::AdvanceTestClockResponse to_near, to_far;
  Pending at_near, at_far, begun;
  // From within a mutation, so that the first steps of both come one after the other.
  SystemAccess::Write(
      world_.engine().context,
      [&, is_first = true](store::WriteTransaction&) mutable {
        if (!std::exchange(is_first, false)) return absl::OkStatus();
        world_.engine().clinics.AdvanceTestClock(world_.CallOf(near), near, &to_near, at_near.done());
        world_.engine().clinics.AdvanceTestClock(world_.CallOf(far), far, &to_far, at_far.done());
        return absl::OkStatus();
      },
      begun.done());
  ASSERT_TRUE(at_near.Wait().ok());
  ASSERT_TRUE(at_far.Wait().ok());
  EXPECT_EQ(ClockOf("box"), At("2029-03-05T12:00"));
  EXPECT_EQ(plan::ToTime(to_far.clinic().test_clock_time()), At("2029-03-05T12:00"));
  EXPECT_GE(plan::ToTime(to_near.clinic().test_clock_time()), At("2029-03-04T18:00"));
  EXPECT_EQ(to_near.fired_count() + to_far.fired_count(), 72) << "nothing fired twice";
}

TEST_F(TestClockTest, WhatWasEnrolledAtAnyTimeOfTheClockIsFiredByIt) {
  Open("box");
  world_.Advance("box", At("2029-03-03T09:00"));
  world_.Enrol("box", "e", KneePatient("box"));
  EXPECT_EQ(world_.Advance("box", At("2029-03-03T10:00")).fired_count(), 1)
      << "ice.2029-03-03-0900 was due at enrollment";
}

}  // namespace
}  // namespace aftercare::engine
