// One patient: no second running enrollment on a pathway by mistake, no message to a patient who died, and how a wrong
// reason of an end is corrected.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Returns the enrollment that an error names in its metadata.
std::string NamedBy(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  const google::rpc::Status proto = ToStatusProto(status);
  for (const google::protobuf::Any& detail : proto.details()) {
    if (detail.Is<google::rpc::ErrorInfo>()) detail.UnpackTo(&info);
  }
  const auto found = info.metadata().find("enrollment");
  return found == info.metadata().end() ? "" : found->second;
}

class OnePatientTest : public SandboxFixture {
 protected:
  static v1::CreateEnrollmentRequest Request(const std::string& id) {
    v1::CreateEnrollmentRequest request;
    request.set_parent("clinics/box");
    request.set_enrollment_id(id);
    *request.mutable_enrollment() = KneePatient("box");
    return request;
  }

  absl::Status Create(const v1::CreateEnrollmentRequest& request) {
    return world_.Call(&Engine::enrollments, &Enrollments::Create, request).status();
  }
  std::string Create(const std::string& id) { return ErrorOf(Create(Request(id))); }

  v1::EndEnrollmentResponse End(const std::string& id, v1::EndReason reason) {
    v1::EndEnrollmentRequest request;
    request.set_name(NameOf(id));
    request.set_reason(reason);
    return Good(world_.Call(&Engine::enrollments, &Enrollments::End, request));
  }

  v1::Enrollment Get(const std::string& id) {
    v1::GetEnrollmentRequest request;
    request.set_name(NameOf(id));
    return Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment();
  }
  std::string EndOf(const std::string& id) {
    const v1::Enrollment enrollment = Get(id);
    return enrollment.has_end_time() ? absl::StrCat(v1::EndReason_Name(enrollment.end_reason()), " ",
                                                    absl::FormatTime("%m-%dT%H:%M", plan::ToTime(enrollment.end_time()),
                                                                     absl::UTCTimeZone()))
                                     : "";
  }

  static std::string NameOf(const std::string& id) { return "clinics/box/enrollments/" + id; }
};

TEST_F(OnePatientTest, ASecondRunningEnrollmentOnAPathwayIsRefusedAndTheRunningOneNamed) {
  EXPECT_EQ(Create("left"), "OK");
  const size_t events = world_.Events("box").size();
  const absl::Status refused = Create(Request("right"));
  EXPECT_EQ(ErrorOf(refused), "ALREADY_EXISTS/PATIENT_ENROLLED");
  EXPECT_EQ(NamedBy(refused), "clinics/box/enrollments/left");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("clinics/box/enrollments/left"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("allow_concurrent"));
  EXPECT_THAT(world_.Events("box"), SizeIs(events));

  v1::CreateEnrollmentRequest allowed = Request("right");
  allowed.set_allow_concurrent(true);
  EXPECT_EQ(ErrorOf(Create(allowed)), "OK");
}

TEST_F(OnePatientTest, ItIsRefusedOnAnyRevisionAndDuringAPause) {
  EXPECT_EQ(Create("left"), "OK");
  v1::UpdatePathwayRequest update;
  *update.mutable_pathway() = KneePathway();
  update.mutable_pathway()->set_name("clinics/box/pathways/knee");
  update.mutable_pathway()->mutable_rules()->DeleteSubrange(0, 1);
  Good(world_.Call(&Engine::pathways, &Pathways::Update, update));
  EXPECT_EQ(Create("right"), "ALREADY_EXISTS/PATIENT_ENROLLED");
  ASSERT_TRUE(world_.Pause(NameOf("left")).ok());
  EXPECT_EQ(Create("right"), "ALREADY_EXISTS/PATIENT_ENROLLED");
}

TEST_F(OnePatientTest, OtherPathwaysOtherPatientsAndEndedEnrollmentsAreNoHindrance) {
  world_.CreatePathway("box", "hip", KneePathway());
  EXPECT_EQ(Create("left"), "OK");
  v1::CreateEnrollmentRequest hip = Request("hip");
  hip.mutable_enrollment()->set_pathway("clinics/box/pathways/hip");
  EXPECT_EQ(ErrorOf(Create(hip)), "OK");
  v1::CreateEnrollmentRequest other = Request("other");
  other.mutable_enrollment()->set_patient("p-2");
  EXPECT_EQ(ErrorOf(Create(other)), "OK");
  End("left", v1::END_REASON_COMPLETED);
  EXPECT_EQ(Create("right"), "OK");
}

TEST_F(OnePatientTest, ACheckTellsWhatTheCallWouldTell) {
  EXPECT_EQ(Create("left"), "OK");
  v1::CreateEnrollmentRequest taken = Request("left");
  taken.mutable_enrollment()->set_patient("p-2");
  v1::CreateEnrollmentRequest deceased = Request("late");
  deceased.mutable_enrollment()->set_patient("p-3");
  EXPECT_EQ(ErrorOf(Create(deceased)), "OK");
  End("late", v1::END_REASON_DECEASED);
  deceased.set_enrollment_id("later");
  const size_t events = world_.Events("box").size();
  for (const bool check : {true, false}) {
    const auto told = [&](v1::CreateEnrollmentRequest request) {
      request.set_validate_only(check);
      return ErrorOf(Create(request));
    };
    EXPECT_EQ(told(Request("left")), "ALREADY_EXISTS/ENROLLMENT_EXISTS");
    EXPECT_EQ(told(taken), "ALREADY_EXISTS/ENROLLMENT_EXISTS");
    EXPECT_EQ(told(Request("right")), "ALREADY_EXISTS/PATIENT_ENROLLED");
    EXPECT_EQ(told(Request("")), "ALREADY_EXISTS/PATIENT_ENROLLED");
    EXPECT_EQ(told(deceased), "FAILED_PRECONDITION/PATIENT_DECEASED");
  }
  EXPECT_THAT(world_.Events("box"), SizeIs(events));
}

TEST_F(OnePatientTest, WhoIsRecordedAsDeceasedIsEnrolledOnNoPathway) {
  world_.CreatePathway("box", "hip", KneePathway());
  EXPECT_EQ(Create("left"), "OK");
  End("left", v1::END_REASON_DECEASED);
  v1::CreateEnrollmentRequest hip = Request("hip");
  hip.mutable_enrollment()->set_pathway("clinics/box/pathways/hip");
  hip.set_allow_concurrent(true);
  const absl::Status refused = Create(hip);
  EXPECT_EQ(ErrorOf(refused), "FAILED_PRECONDITION/PATIENT_DECEASED");
  EXPECT_EQ(NamedBy(refused), "clinics/box/enrollments/left");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("clinics/box/enrollments/left;"));
  hip.mutable_enrollment()->set_patient("p-2");
  EXPECT_EQ(ErrorOf(Create(hip)), "OK");
}

TEST_F(OnePatientTest, NothingIsSentToAPatientAfterTheDeathWasRecorded) {
  for (const char* id : {"left", "right", "paused"}) world_.Enrol("box", id, KneePatient("box"));
  Until("2029-03-02T09:00");
  ASSERT_TRUE(world_.Pause(NameOf("paused")).ok());
  const std::vector<v1::Lease> leases = world_.Lease("box");
  ASSERT_THAT(leases, SizeIs(2));
  world_.Report(leases[0].lease_id(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_THAT(End("left", v1::END_REASON_DECEASED).also_ended(), SizeIs(2));

  world_.Report(leases[0].lease_id(), v1::DELIVERY_OUTCOME_BOUNCED);
  world_.Report(leases[1].lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
  EXPECT_EQ(ErrorOf(world_.Resume(NameOf("paused"))), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_EQ(ErrorOf(world_.Restore(NameOf("right") + "/reminders/ice.2029-03-02-0900")),
            "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  EXPECT_EQ(world_.Advance("box", At("2030-04-01T00:00")).fired_count(), 0);
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
}

TEST_F(OnePatientTest, OneCorrectionUndoesARecordedDeathForThePatient) {
  for (const char* id : {"done", "left", "right"}) world_.Enrol("box", id, KneePatient("box"));
  Until("2029-03-02T09:00");
  End("done", v1::END_REASON_COMPLETED);
  End("left", v1::END_REASON_DECEASED);
  const std::vector<std::string> etags = {Get("left").etag(), Get("right").etag()};
  const size_t events = world_.Events("box").size();
  Until("2029-03-03T07:00");

  const auto corrected = End("right", v1::END_REASON_WITHDRAWN);
  EXPECT_EQ(corrected.enrollment().DebugString(), Get("right").DebugString());
  EXPECT_THAT(corrected.also_corrected(), ElementsAre(NameOf("left")));
  EXPECT_THAT(corrected.also_ended(), IsEmpty());
  EXPECT_EQ(EndOf("left"), "END_REASON_WITHDRAWN 03-02T09:00");
  EXPECT_EQ(EndOf("right"), "END_REASON_WITHDRAWN 03-02T09:00");
  EXPECT_EQ(EndOf("done"), "END_REASON_COMPLETED 03-02T09:00");
  EXPECT_NE(Get("left").etag(), etags[0]);
  EXPECT_NE(Get("right").etag(), etags[1]);
  EXPECT_EQ(StateOf("ice.2029-03-02-0900", "left"), "CANCELLED/ENROLLMENT_ENDED");

  const std::vector<v1::Event> log = world_.Events("box");
  ASSERT_THAT(log, SizeIs(events + 2));
  for (size_t i = events; i < log.size(); ++i) {
    EXPECT_EQ(log[i].type(), v1::EVENT_TYPE_ENROLLMENT_UPDATED);
    EXPECT_EQ(log[i].end_reason(), v1::END_REASON_WITHDRAWN);
    EXPECT_EQ(plan::ToTime(log[i].event_time()), At("2029-03-03T07:00"));
    EXPECT_EQ(log[i].actor(), "operator");
  }
  EXPECT_EQ(Create("again"), "OK");
}

TEST_F(OnePatientTest, TheSameReasonAgainIsRefusedAndChangesNothing) {
  EXPECT_EQ(Create("e"), "OK");
  End("e", v1::END_REASON_COMPLETED);
  End("e", v1::END_REASON_WITHDRAWN);
  const std::string etag = Get("e").etag();
  const size_t events = world_.Events("box").size();
  EXPECT_EQ(ErrorOf(world_.End(NameOf("e"), v1::END_REASON_WITHDRAWN)), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_EQ(Get("e").etag(), etag);
  EXPECT_THAT(world_.Events("box"), SizeIs(events));
}

TEST_F(OnePatientTest, ADeathThatIsRecordedLateEndsWhatRuns) {
  EXPECT_EQ(Create("old"), "OK");
  End("old", v1::END_REASON_COMPLETED);
  EXPECT_EQ(Create("new"), "OK");
  Until("2029-03-02T09:00");
  ASSERT_THAT(world_.Lease("box"), SizeIs(1));

  const auto corrected = End("old", v1::END_REASON_DECEASED);
  EXPECT_THAT(corrected.also_ended(), ElementsAre(NameOf("new")));
  EXPECT_THAT(corrected.also_corrected(), IsEmpty());
  EXPECT_EQ(EndOf("old"), "END_REASON_DECEASED 03-01T08:00");
  EXPECT_EQ(EndOf("new"), "END_REASON_DECEASED 03-02T09:00");
  EXPECT_EQ(StateOf("ice.2029-03-02-0900", "new"), "CANCELLED/ENROLLMENT_ENDED");
  EXPECT_EQ(Create("newer"), "FAILED_PRECONDITION/PATIENT_DECEASED");

  EXPECT_THAT(End("new", v1::END_REASON_WITHDRAWN).also_corrected(), ElementsAre(NameOf("old")));
  EXPECT_EQ(Create("newer"), "OK");
}

TEST_F(OnePatientTest, ATransferIsCorrectedWhereItEndedEnrollmentsTogether) {
  for (const char* id : {"left", "right"}) world_.Enrol("box", id, KneePatient("box"));
  End("left", v1::END_REASON_TRANSFERRED);
  EXPECT_EQ(Create("back"), "OK");
  Until("2029-03-02T09:00");
  End("back", v1::END_REASON_TRANSFERRED);
  EXPECT_EQ(Create("now"), "OK");

  EXPECT_THAT(End("left", v1::END_REASON_COMPLETED).also_corrected(), ElementsAre(NameOf("right")));
  EXPECT_EQ(EndOf("back"), "END_REASON_TRANSFERRED 03-02T09:00");
  const auto transferred = End("left", v1::END_REASON_TRANSFERRED);
  EXPECT_THAT(transferred.also_corrected(), IsEmpty());
  EXPECT_THAT(transferred.also_ended(), IsEmpty());
  EXPECT_EQ(Get("now").state(), v1::ENROLLMENT_STATE_ACTIVE);
}

TEST_F(OnePatientTest, ACorrectionUnderAnOldEtagChangesNothing) {
  for (const char* id : {"left", "right"}) world_.Enrol("box", id, KneePatient("box"));
  v1::EndEnrollmentRequest request;
  request.set_name(NameOf("left"));
  request.set_etag(Get("left").etag());
  request.set_reason(v1::END_REASON_WITHDRAWN);
  End("left", v1::END_REASON_DECEASED);
  EXPECT_EQ(ErrorOf(world_.Call(&Engine::enrollments, &Enrollments::End, request).status()), "ABORTED/ETAG_MISMATCH");
  EXPECT_EQ(EndOf("left"), "END_REASON_DECEASED 03-01T08:00");
  EXPECT_EQ(EndOf("right"), "END_REASON_DECEASED 03-01T08:00");
  request.set_etag(Get("left").etag());
  EXPECT_TRUE(world_.Call(&Engine::enrollments, &Enrollments::End, request).ok());
}

// One mutation holds up the writer until the calls have been submitted, so that they run in one group.
TEST_F(OnePatientTest, OfCallsInOneGroupOnlyTheFirstEnrols) {
  constexpr int kCalls = 5;
  std::deque<v1::CreateEnrollmentRequest> requests;
  std::deque<v1::CreateEnrollmentResponse> responses(kCalls);
  std::deque<Pending> ends(kCalls);
  for (int i = 0; i < kCalls; ++i) requests.push_back(Request(absl::StrCat("e", i)));
  Pending held;
  SystemAccess::Write(
      world_.engine().context,
      [&, is_first = true](store::WriteTransaction&) mutable {
        for (int i = 0; is_first && i < kCalls; ++i) {
          world_.engine().enrollments.Create(world_.CallOf(requests[i]), requests[i], &responses[i], ends[i].done());
        }
        is_first = false;
        return absl::OkStatus();
      },
      held.done());
  EXPECT_EQ(ErrorOf(ends[0].Wait()), "OK");
  for (int i = 1; i < kCalls; ++i) {
    const absl::Status refused = ends[i].Wait();
    EXPECT_EQ(ErrorOf(refused), "ALREADY_EXISTS/PATIENT_ENROLLED");
    EXPECT_EQ(NamedBy(refused), NameOf("e0"));
  }
  EXPECT_TRUE(held.Wait().ok());
}

TEST_F(OnePatientTest, OfCallsFromManyThreadsOneEnrols) {
  constexpr int kThreads = 4;
  constexpr int kPatients = 20;
  std::vector<std::vector<std::string>> told(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int p = 0; p < kPatients; ++p) {
        v1::CreateEnrollmentRequest request = Request("");
        request.mutable_enrollment()->set_patient(absl::StrCat("p-", p));
        told[t].push_back(ErrorOf(Create(request)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int p = 0; p < kPatients; ++p) {
    int enrolled = 0;
    for (int t = 0; t < kThreads; ++t) {
      enrolled += told[t][p] == "OK" ? 1 : 0;
      EXPECT_TRUE(told[t][p] == "OK" || told[t][p] == "ALREADY_EXISTS/PATIENT_ENROLLED") << told[t][p];
    }
    EXPECT_EQ(enrolled, 1) << p;
  }
}

}  // namespace
}  // namespace aftercare::engine
