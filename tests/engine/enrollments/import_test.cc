// What an import makes of its lines.
#include "scheduler/engine/enrollments/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/enrollments/importing.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Everything a status says; its details come in no particular order.
std::set<std::string> AllOf(const google::rpc::Status& status) {
  std::set<std::string> all = {absl::StrCat(status.code(), " ", status.message())};
  for (const google::protobuf::Any& detail : status.details()) all.insert(detail.DebugString());
  return all;
}

class ImportTest : public RealTimeFixture {
 protected:
  absl::StatusOr<v1::ImportEnrollmentsResponse> Import(const std::vector<v1::ImportLine>& lines,
                                                       bool allow_concurrent = false) {
    Importing importing(world_);
    auto message = Message(lines);
    message.set_allow_concurrent(allow_concurrent);
    importing.Send(message);
    return importing.Finish();
  }

  absl::Status Create(const v1::ImportLine& line) {
    v1::CreateEnrollmentRequest request;
    request.set_parent("clinics/north");
    request.set_enrollment_id(line.enrollment_id());
    request.set_allow_concurrent(true);
    *request.mutable_enrollment() = line.enrollment();
    return world_.Call(&Engine::enrollments, &Enrollments::Create, request).status();
  }

  std::vector<v1::Enrollment> Enrollments() {
    v1::ListEnrollmentsRequest request;
    request.set_parent("clinics/north");
    const auto page = Good(world_.Call(&Engine::enrollments, &Enrollments::List, request));
    return {page.enrollments().begin(), page.enrollments().end()};
  }

  v1::Enrollment Get(const std::string& id) {
    v1::GetEnrollmentRequest request;
    request.set_name("clinics/north/enrollments/" + id);
    return Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment();
  }
};

TEST_F(ImportTest, ALineEnrolsAsCreateEnrollmentDoes) {
  world_.MoveTo(At("2029-03-03T10:30"));
  const v1::ImportLine imported = Line(2, KneePatient("north"), "imported");
  EXPECT_EQ(CountsOf(Import({imported})), "1 created, 0 unchanged, 0 failed");
  ASSERT_TRUE(Create(Line(0, KneePatient("north"), "created")).ok());
  const auto seen = [this](const std::string& id) {
    const std::string name = "clinics/north/enrollments/" + id;
    std::string all = Get(id).DebugString() + world_.Timeline(name).DebugString();
    for (v1::Event event : world_.Events("north")) {
      event.clear_resume_token();
      if (event.enrollment() == name) all += event.DebugString();
    }
    for (size_t at; (at = all.find("/" + id)) != std::string::npos;) all.erase(at, id.size() + 1);
    return all;
  };
  EXPECT_EQ(seen("imported"), seen("created"));
  EXPECT_EQ(world_.StateOf("clinics/north/enrollments/imported/reminders/ice.2029-03-03-0900"), "DUE");
}

TEST_F(ImportTest, WhatComesDueLaterFiresInTime) {
  EXPECT_EQ(CountsOf(Import({Line(2, KneePatient("north"), "e")})), "1 created, 0 unchanged, 0 failed");
  EXPECT_EQ(world_.StateOf("clinics/north/enrollments/e/reminders/ice.2029-03-02-0900"), "SCHEDULED");
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_EQ(world_.StateOf("clinics/north/enrollments/e/reminders/ice.2029-03-02-0900"), "DUE");
}

TEST_F(ImportTest, TheSameLinesAgainAreUnchangedWhateverHasChangedAroundThem) {
  v1::Enrollment explicit_patient = KneePatient("north", "p-2");
  explicit_patient.set_pathway_revision(1);
  explicit_patient.set_time_zone("Europe/Madrid");
  explicit_patient.set_locale("es");
  const std::vector<v1::ImportLine> lines = {Line(2, KneePatient("north")), Line(3, explicit_patient),
                                             Line(4, KneePatient("north", "p-3"), "own-id")};
  EXPECT_EQ(CountsOf(Import(lines)), "3 created, 0 unchanged, 0 failed");
  v1::UpdatePathwayRequest pathway;
  *pathway.mutable_pathway() = KneePathway();
  pathway.mutable_pathway()->set_name("clinics/north/pathways/knee");
  pathway.mutable_pathway()->mutable_rules()->DeleteSubrange(0, 1);
  pathway.mutable_pathway()->set_default_locale("en");
  Good(world_.Call(&Engine::pathways, &Pathways::Update, pathway));
  v1::UpdateClinicRequest clinic;
  clinic.mutable_clinic()->set_name("clinics/north");
  clinic.mutable_clinic()->set_time_zone("America/Lima");
  Good(world_.Call(&Engine::clinics, &Clinics::Update, clinic));
  ASSERT_TRUE(world_.End("clinics/north/enrollments/own-id").ok());
  const size_t events = world_.Events("north").size();

  EXPECT_EQ(CountsOf(Import(lines)), "0 created, 3 unchanged, 0 failed");
  EXPECT_EQ(world_.Events("north").size(), events);
  EXPECT_EQ(Get("own-id").state(), v1::ENROLLMENT_STATE_ENDED);
}

TEST_F(ImportTest, TheSameLineTwiceInOneImportEnrolsOnce) {
  EXPECT_EQ(CountsOf(Import({Line(2, KneePatient("north")), Line(3, KneePatient("north"))})),
            "1 created, 1 unchanged, 0 failed");
  EXPECT_THAT(Enrollments(), SizeIs(1));
}

TEST_F(ImportTest, APatientWithARunningEnrollmentIsImportedAgainOnlyIfAllowed) {
  v1::Enrollment other_knee = KneePatient("north");
  other_knee.set_procedure_date("2029-03-02");
  const std::vector<v1::ImportLine> lines = {Line(2, KneePatient("north"), "left"), Line(3, other_knee, "right"),
                                             Line(4, KneePatient("north", "p-2"))};
  const auto refused = Import(lines);
  EXPECT_EQ(CountsOf(refused), "2 created, 0 unchanged, 1 failed");
  EXPECT_THAT(FailuresOf(refused), ElementsAre("3: ALREADY_EXISTS/PATIENT_ENROLLED"));
  EXPECT_THAT(refused->failures(0).status().message(), HasSubstr("clinics/north/enrollments/left"));
  EXPECT_EQ(CountsOf(Import(lines)), "0 created, 2 unchanged, 1 failed");

  EXPECT_EQ(CountsOf(Import(lines, /*allow_concurrent=*/true)), "1 created, 2 unchanged, 0 failed");
  EXPECT_EQ(CountsOf(Import(lines)), "0 created, 3 unchanged, 0 failed") << "what was imported stays imported";
}

TEST_F(ImportTest, WhatAMessageAllowsHoldsForItsOwnLines) {
  const auto knee = [](const std::string& date) {
    v1::Enrollment enrollment = KneePatient("north");
    enrollment.set_procedure_date(date);
    return enrollment;
  };
  Importing importing(world_);
  auto message = Message({Line(2, knee("2029-03-01")), Line(3, knee("2029-03-02"))});
  message.set_allow_concurrent(true);
  importing.Send(message);
  importing.Send(Message({Line(4, knee("2029-03-03"))}));
  EXPECT_THAT(FailuresOf(importing.Finish()), ElementsAre("4: ALREADY_EXISTS/PATIENT_ENROLLED"));
}

TEST_F(ImportTest, NobodyRecordedAsDeceasedIsImported) {
  ASSERT_TRUE(Import({Line(2, KneePatient("north"), "e")}).ok());
  ASSERT_TRUE(world_.End("clinics/north/enrollments/e", v1::END_REASON_DECEASED).ok());
  const auto again = Import({Line(2, KneePatient("north"), "e"), Line(3, KneePatient("north"), "f")}, true);
  EXPECT_EQ(CountsOf(again), "0 created, 1 unchanged, 1 failed");
  EXPECT_THAT(FailuresOf(again), ElementsAre("3: FAILED_PRECONDITION/PATIENT_DECEASED"));
  EXPECT_THAT(again->failures(0).status().message(), HasSubstr("clinics/north/enrollments/e;"));
  EXPECT_THAT(Enrollments(), SizeIs(1));
}

TEST_F(ImportTest, ALineThatSaysOtherwiseThanWhatIsStoredIsRefused) {
  ASSERT_TRUE(Import({Line(2, KneePatient("north"), "e")}).ok());
  const std::string before = Get("e").DebugString();
  std::vector<v1::ImportLine> others(8, Line(0, KneePatient("north"), "e"));
  others[0].mutable_enrollment()->set_patient("p-9");
  others[1].mutable_enrollment()->set_first_name("Bea");
  others[2].mutable_enrollment()->set_last_name("Ruiz");
  others[3].mutable_enrollment()->set_procedure_date("2029-03-02");
  others[4].mutable_enrollment()->set_time_zone("Europe/Madrid");
  others[5].mutable_enrollment()->set_locale("es");
  others[6].mutable_enrollment()->set_consent(v1::CONSENT_REFUSED);
  others[7].mutable_enrollment()->mutable_contact_points()->SwapElements(0, 1);
  for (const v1::ImportLine& other : others) {
    EXPECT_THAT(FailuresOf(Import({other})), ElementsAre("0: ALREADY_EXISTS/ENROLLMENT_EXISTS")) << other.DebugString();
  }
  EXPECT_EQ(Get("e").DebugString(), before);
}

TEST_F(ImportTest, ABadLineHarmsNoOtherAndIsToldWhatCreateEnrollmentWouldTell) {
  std::vector<v1::ImportLine> lines(8, Line(0, KneePatient("north")));
  for (int i = 0; i < 8; ++i) {
    lines[i].set_line_number(i + 2);
    lines[i].mutable_enrollment()->set_patient(absl::StrCat("p-", i));
    lines[i].set_enrollment_id(absl::StrCat("e", i));
  }
  lines[1].mutable_enrollment()->set_procedure_date("2029-02-30");
  lines[1].mutable_enrollment()->set_consent(v1::CONSENT_UNSPECIFIED);
  lines[2].set_enrollment_id("Not An Id");
  lines[2].mutable_enrollment()->set_time_zone("Mars");
  lines[3].mutable_enrollment()->set_pathway("clinics/north/pathways/hip");
  lines[4].mutable_enrollment()->set_pathway("clinics/south/pathways/knee");
  lines[4].mutable_enrollment()->set_patient("a b");
  lines[5].mutable_enrollment()->set_pathway_revision(7);
  lines[6].clear_enrollment();
  const auto response = Good(Import(lines));
  EXPECT_EQ(CountsOf(response), "2 created, 0 unchanged, 6 failed");
  ASSERT_EQ(response.failures_size(), 6);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(response.failures(i).line_number(), i + 3);
    EXPECT_EQ(AllOf(response.failures(i).status()), AllOf(ToStatusProto(Presentable(Create(lines[i + 1])))));
  }
  EXPECT_EQ(FailuresOf(response)[2], "5: NOT_FOUND/PATHWAY_NOT_FOUND");
  EXPECT_THAT(Enrollments(), SizeIs(2));
}

TEST_F(ImportTest, ABadLineForAnEnrollmentThatExistsIsToldItsFaults) {
  ASSERT_TRUE(Import({Line(2, KneePatient("north"), "e")}).ok());
  v1::ImportLine bad = Line(2, KneePatient("north"), "e");
  bad.mutable_enrollment()->set_first_name("");
  EXPECT_THAT(FailuresOf(Import({bad})), ElementsAre("2: INVALID_ARGUMENT/INVALID_FIELDS"));
}

TEST_F(ImportTest, WhatOnlyTheServerSaysIsNeitherTakenNorCompared) {
  v1::ImportLine line = Line(2, KneePatient("north"), "e");
  line.mutable_enrollment()->set_state(v1::ENROLLMENT_STATE_ENDED);
  line.mutable_enrollment()->set_etag("v7");
  plan::SetTimestamp(At("2028-01-01T00:00"), line.mutable_enrollment()->mutable_enroll_time());
  EXPECT_EQ(CountsOf(Import({line})), "1 created, 0 unchanged, 0 failed");
  EXPECT_EQ(plan::ToTime(Get("e").enroll_time()), At("2029-03-01T08:00"));
  EXPECT_EQ(CountsOf(Import({line})), "0 created, 1 unchanged, 0 failed");
  EXPECT_EQ(CountsOf(Import({Line(2, Get("e"), "e")})), "0 created, 1 unchanged, 0 failed");
}

TEST_F(ImportTest, ALineThatCouldNotBeReadFailsAlone) {
  Importing importing(world_);
  importing.Send(Message({Line(2, KneePatient("north")), Line(3, {}), Line(4, KneePatient("north", "p-2"))}),
                 {{1, InvalidField("enrollment.first_name", "must be text")}});
  const auto response = importing.Finish();
  EXPECT_EQ(CountsOf(response), "2 created, 0 unchanged, 1 failed");
  EXPECT_THAT(FailuresOf(response), ElementsAre("3: INVALID_ARGUMENT/INVALID_FIELDS"));
}

TEST_F(ImportTest, ASandboxLivesByItsOwnClock) {
  world_.CreateSandbox("box", At("2029-03-02T10:00"));
  world_.CreatePathway("box", "knee", KneePathway());
  Importing importing(world_);
  auto message = Message({Line(2, KneePatient("box"), "e")});
  message.set_parent("clinics/box");
  importing.Send(message);
  EXPECT_EQ(CountsOf(importing.Finish()), "1 created, 0 unchanged, 0 failed");
  EXPECT_EQ(world_.StateOf("clinics/box/enrollments/e/reminders/ice.2029-03-02-0900"), "DUE");
}

TEST(ImportedIdTest, AnImportedIdDependsOnlyOnPatientPathwayAndDate) {
  const auto id = [](const std::string& patient, const std::string& pathway, const std::string& date) {
    v1::Enrollment enrollment;
    enrollment.set_patient(patient);
    enrollment.set_pathway(pathway);
    enrollment.set_procedure_date(date);
    return ImportedEnrollmentId(enrollment);
  };
  const std::set<std::string> ids = {id("p-1", "knee", "2029-03-01"), id("p-2", "knee", "2029-03-01"),
                                     id("p-1", "hip", "2029-03-01"),  id("p-1", "knee", "2029-03-02"),
                                     id("p-1k", "nee", "2029-03-01"), id("p-1", "knee2", "029-03-01"),
                                     id("", "", "")};
  EXPECT_EQ(ids.size(), 7u);
  for (const std::string& each : ids) EXPECT_TRUE(IsEnrollmentId(each)) << each;
  v1::Enrollment other = KneePatient("north");
  other.set_first_name("Bea");
  EXPECT_EQ(ImportedEnrollmentId(other), ImportedEnrollmentId(KneePatient("north")));
  // Files are sent again to later servers too: this must never change.
  EXPECT_EQ(ImportedEnrollmentId(KneePatient("north")), "hqdpt5polcqqnmerljbbvgru");
}

}  // namespace
}  // namespace aftercare::engine
