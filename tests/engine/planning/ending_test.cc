// Enrollments that end by themselves, as their pathway says.
#include <utility>

#include "scheduler/engine/runtime/system_access.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;

v1::Pathway BriefPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Brief" default_locale: "en" end { days: 12 }
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
    rules { id: "a" phase: "p" category: "c" schedule { daily {} times: "09:00" } texts { key: "en" value: "A" } }
    rules { id: "last" phase: "p" category: "c" schedule { on { days: 10 } times: "10:00" window { days: 3 } }
            texts { key: "en" value: "Last" } }
  )pb");
}

// A sandbox on Thursday 2029-03-01, 08:00 UTC. For a procedure on that day, `a` is due on each of the days 1 to 10 at
// 09:00, and `last` on day 10 at 10:00, until the end of day 13. The enrollment ends at the end of day 12, 13 March.
class EndingTest : public SandboxFixture {
 protected:
  EndingTest() : SandboxFixture({.pathway_id = "brief", .pathway = BriefPathway()}) { Enrol("e"); }

  void Enrol(const std::string& id, const std::string& procedure_date = "2029-03-01") {
    v1::Enrollment enrollment = KneePatient("box", "p-" + id);
    enrollment.set_pathway("clinics/box/pathways/brief");
    enrollment.set_procedure_date(procedure_date);
    world_.Enrol("box", id, enrollment);
  }

  v1::Enrollment Get(const std::string& id = "e") {
    v1::GetEnrollmentRequest request;
    request.set_name("clinics/box/enrollments/" + id);
    return Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment();
  }
};

TEST_F(EndingTest, AnEnrollmentEndsAtTheEndOfItsLastDay) {
  Until("2029-03-13T23:59");
  EXPECT_EQ(Get().state(), v1::ENROLLMENT_STATE_ACTIVE);
  Until("2029-03-14T00:00");
  EXPECT_EQ(Get().state(), v1::ENROLLMENT_STATE_ENDED);
  EXPECT_EQ(Get().end_reason(), v1::END_REASON_COMPLETED);
  EXPECT_EQ(plan::ToTime(Get().end_time()), At("2029-03-14T00:00"));
  EXPECT_EQ(StateOf("last.2029-03-11"), "CANCELLED/ENROLLMENT_ENDED");
  const auto events = world_.Events("box");
  EXPECT_EQ(events.back().type(), v1::EVENT_TYPE_ENROLLMENT_ENDED);
  EXPECT_TRUE(events.back().actor().empty()) << "nobody ended it";
  world_.ExpectListsAgree("box");
}

TEST_F(EndingTest, APausedEnrollmentEndsToo) {
  Until("2029-03-05T12:00");
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  Until("2029-03-13T12:00");
  EXPECT_EQ(Get().state(), v1::ENROLLMENT_STATE_PAUSED);
  EXPECT_EQ(StateOf("a.2029-03-06"), "SUPPRESSED/PAUSED");
  Until("2029-03-14T12:00");
  EXPECT_EQ(Get().state(), v1::ENROLLMENT_STATE_ENDED);
  EXPECT_EQ(StateOf("last.2029-03-11"), "CANCELLED/ENROLLMENT_ENDED");
  world_.ExpectListsAgree("box");
}

TEST_F(EndingTest, AnotherProcedureDateMovesTheEnd) {
  v1::UpdateEnrollmentRequest request;
  request.mutable_enrollment()->set_name("clinics/box/enrollments/e");
  request.mutable_enrollment()->set_procedure_date("2029-03-03");
  request.mutable_update_mask()->add_paths("procedure_date");
  Good(world_.Call(&Engine::enrollments, &Enrollments::Update, request));
  Until("2029-03-15T12:00");
  EXPECT_EQ(Get().state(), v1::ENROLLMENT_STATE_ACTIVE);
  Until("2029-03-16T00:00");
  EXPECT_EQ(Get().state(), v1::ENROLLMENT_STATE_ENDED);
}

TEST_F(EndingTest, NobodyIsEnrolledOrMovedSoThatThePathwayIsOver) {
  v1::CreateEnrollmentRequest enrol;
  enrol.set_parent("clinics/box");
  *enrol.mutable_enrollment() = KneePatient("box", "p-late");
  enrol.mutable_enrollment()->set_pathway("clinics/box/pathways/brief");
  enrol.mutable_enrollment()->set_procedure_date("2029-02-01");
  EXPECT_THAT(BadFields(world_.Call(&Engine::enrollments, &Enrollments::Create, enrol).status()),
              ElementsAre("enrollment.procedure_date"));
  v1::UpdateEnrollmentRequest update;
  update.mutable_enrollment()->set_name("clinics/box/enrollments/e");
  update.mutable_enrollment()->set_procedure_date("2029-02-01");
  update.mutable_update_mask()->add_paths("procedure_date");
  EXPECT_THAT(BadFields(world_.Call(&Engine::enrollments, &Enrollments::Update, update).status()),
              ElementsAre("enrollment.procedure_date"));
  EXPECT_EQ(Get().state(), v1::ENROLLMENT_STATE_ACTIVE);
}

TEST_F(EndingTest, ALaterPauseOrResumeDoesNotPutTheEndOff) {
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e").ok());
  ASSERT_TRUE(world_.Resume("clinics/box/enrollments/e").ok());
  Until("2029-03-14T00:00");
  EXPECT_EQ(Get().state(), v1::ENROLLMENT_STATE_ENDED);
}

// In real time a call may come after the end and before the sweep.
class EndingInRealTimeTest : public RealTimeFixture {
 protected:
  EndingInRealTimeTest() : RealTimeFixture({.pathway_id = "brief", .pathway = BriefPathway()}) {
    v1::Enrollment enrollment = KneePatient("north");
    enrollment.set_pathway("clinics/north/pathways/brief");
    world_.Enrol("north", "e", enrollment);
  }

  // Makes a call that comes to its turn when the pathway is over, before the sweep.
  template <typename Request, typename Response, typename Call>
  absl::Status CallAtTheEnd(const Request& request, Response* response, Call call) {
    Pending called, held;
    SystemAccess::Write(
        world_.engine().context,
        [&, is_first = true](store::WriteTransaction&) mutable {
          if (!std::exchange(is_first, false)) return absl::OkStatus();
          (world_.engine().enrollments.*call)(world_.CallOf(request), request, response, called.done());
          world_.clock().Set(At("2029-03-14T00:00"));
          return absl::OkStatus();
        },
        held.done());
    const absl::Status status = called.Wait();
    world_.Settle();
    return status;
  }

  v1::Enrollment Get() {
    v1::GetEnrollmentRequest request;
    request.set_name("clinics/north/enrollments/e");
    return Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment();
  }
};

TEST_F(EndingInRealTimeTest, APauseDoesNotOutliveTheEnd) {
  v1::PauseEnrollmentRequest request;
  request.set_name("clinics/north/enrollments/e");
  v1::PauseEnrollmentResponse response;
  EXPECT_EQ(ErrorOf(CallAtTheEnd(request, &response, &Enrollments::Pause)), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_EQ(Get().state(), v1::ENROLLMENT_STATE_ENDED);
}

TEST_F(EndingInRealTimeTest, WhatTheClinicSaysOfTheEndIsRecorded) {
  v1::EndEnrollmentRequest request;
  request.set_name("clinics/north/enrollments/e");
  request.set_reason(v1::END_REASON_DECEASED);
  v1::EndEnrollmentResponse response;
  EXPECT_EQ(ErrorOf(CallAtTheEnd(request, &response, &Enrollments::End)), "OK");
  EXPECT_EQ(Get().end_reason(), v1::END_REASON_DECEASED);
}

}  // namespace
}  // namespace aftercare::engine
