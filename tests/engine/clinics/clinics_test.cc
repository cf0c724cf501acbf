#include "scheduler/engine/clinics/clinics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ClinicsTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::CreateClinicResponse> Create(const std::string& text, const Caller& caller = Operator()) {
    return world_.Call(&Engine::clinics, &Clinics::Create, FromText<v1::CreateClinicRequest>(text), caller);
  }
  absl::StatusOr<v1::UpdateClinicResponse> Update(const std::string& text) {
    return world_.Call(&Engine::clinics, &Clinics::Update, FromText<v1::UpdateClinicRequest>(text));
  }
  // Pages of `size`, joined by `|`.
  std::string List(int size, const Caller& caller = Operator()) {
    std::string listed;
    v1::ListClinicsRequest request;
    request.set_page_size(size);
    do {
      const auto page = Good(world_.Call(&Engine::clinics, &Clinics::List, request, caller));
      for (const v1::Clinic& clinic : page.clinics()) absl::StrAppend(&listed, clinic.name().substr(8), " ");
      request.set_page_token(page.next_page_token());
      if (!request.page_token().empty()) listed += "| ";
    } while (!request.page_token().empty());
    return listed;
  }

  World world_{At("2029-03-01T08:00")};
};

TEST_F(ClinicsTest, AClinicIsStoredAsGivenWithNameTimeAndEtag) {
  const auto created = Good(Create(R"pb(
    clinic_id: "north"
    clinic { name: "x" etag: "x" display_name: "North" phone: "+1 555 0100" time_zone: "Europe/Madrid" }
  )pb")).clinic();
  EXPECT_EQ(created.name(), "clinics/north");
  EXPECT_EQ(created.display_name() + created.phone() + created.time_zone(), "North+1 555 0100Europe/Madrid");
  EXPECT_EQ(plan::ToTime(created.create_time()), At("2029-03-01T08:00"));
  v1::GetClinicRequest get;
  get.set_name("clinics/north");
  EXPECT_EQ(Good(world_.Call(&Engine::clinics, &Clinics::Get, get)).clinic().DebugString(), created.DebugString());
}

TEST_F(ClinicsTest, AnIdIsTakenOnce) {
  world_.CreateClinic("north");
  EXPECT_EQ(ErrorOf(Create("clinic_id: 'north' clinic { display_name: 'N' time_zone: 'UTC' }").status()),
            "ALREADY_EXISTS/CLINIC_EXISTS");
}

TEST_F(ClinicsTest, EveryBadFieldIsNamed) {
  EXPECT_THAT(BadFields(Create("clinic_id: '1' request_id: '/' clinic { phone: '\\001' time_zone: 'Mars' "
                               "test_clock_time { seconds: -1 } }")
                            .status()),
              ElementsAre("clinic_id", "clinic.display_name", "clinic.phone", "clinic.time_zone",
                          "clinic.test_clock_time", "request_id"));
  EXPECT_THAT(BadFields(Create("clinic_id: 'blank' clinic { display_name: '\u200B\u2060' time_zone: 'UTC' }").status()),
              ElementsAre("clinic.display_name"));
  EXPECT_THAT(BadFields(Create("clinic_id: 'blank' clinic { display_name: 'B' time_zone: 'UTC' region: 'us' "
                               "decision_time { seconds: 59 } }")
                            .status()),
              ElementsAre("clinic.region", "clinic.decision_time"));
  EXPECT_THAT(BadFields(Create("clinic_id: 'blank' clinic { display_name: 'B' time_zone: 'UTC' region: 'XX' "
                               "decision_time { seconds: 60 nanos: 1 } }")
                            .status()),
              ElementsAre("clinic.region", "clinic.decision_time"));
  EXPECT_THAT(BadFields(Update("clinic { name: 'north' } update_mask { paths: ['phone', 'etag'] }").status()),
              ElementsAre("clinic.name", "update_mask.paths[1]"));
}

TEST_F(ClinicsTest, AnUpdateChangesWhatIsSetOrMaskedAndNothingElse) {
  Good(Create("clinic_id: 'north' clinic { display_name: 'North' phone: '1' time_zone: 'UTC' }"));
  auto clinic = Good(Update("clinic { name: 'clinics/north' display_name: 'Nord' }")).clinic();
  EXPECT_EQ(clinic.display_name() + clinic.phone(), "Nord1");
  clinic = Good(Update("clinic { name: 'clinics/north' display_name: 'x' } update_mask { paths: 'phone' }")).clinic();
  EXPECT_EQ(clinic.display_name() + clinic.phone(), "Nord");
  const auto all = Update("clinic { name: 'clinics/north' display_name: 'x' } update_mask { paths: '*' }");
  EXPECT_THAT(BadFields(all.status()), ElementsAre("clinic.time_zone"));
}

TEST_F(ClinicsTest, AnUpdateOfAnOldEtagIsAborted) {
  const std::string etag =
      Good(Create("clinic_id: 'north' clinic { display_name: 'North' time_zone: 'UTC' }")).clinic().etag();
  const std::string update = absl::StrCat("clinic { name: 'clinics/north' phone: '2' etag: '", etag, "' }");
  EXPECT_NE(Good(Update(update)).clinic().etag(), etag);
  EXPECT_EQ(ErrorOf(Update(update).status()), "ABORTED/ETAG_MISMATCH");
  EXPECT_EQ(ErrorOf(Update("clinic { name: 'clinics/west' }").status()), "NOT_FOUND/CLINIC_NOT_FOUND");
}

TEST_F(ClinicsTest, EachChangeIsLoggedOnceWithTheNewEtag) {
  Good(Create("clinic_id: 'north' clinic { display_name: 'North' time_zone: 'UTC' }"));
  EXPECT_THAT(world_.WholeLog("north"), IsEmpty());
  world_.MoveTo(At("2029-03-01T09:30"));
  size_t changes = 0;
  for (const char* change :
       {"display_name: 'Nord'", "phone: '+1 555 0100'", "time_zone: 'Europe/Madrid'",
        "contact_hours { openings { weekdays: WEEKDAY_MONDAY opens: '09:00' closes: '17:00' } }",
        "closed_weekdays: WEEKDAY_SUNDAY", "holidays { date: '2029-12-24' }", "max_messages_per_minute: 60",
        "reply_words { locale: 'fr' stop_words: 'arret' }"}) {
    const auto clinic = Good(Update(absl::StrCat("clinic { name: 'clinics/north' ", change, " }"))).clinic();
    const std::vector<v1::Event> log = world_.WholeLog("north");
    ASSERT_THAT(log, SizeIs(++changes)) << change;
    v1::Event expected = FromText<v1::Event>(R"(type: EVENT_TYPE_CLINIC_UPDATED actor: "operator")");
    plan::SetTimestamp(At("2029-03-01T09:30"), expected.mutable_event_time());
    expected.mutable_clinic()->set_name("clinics/north");
    expected.mutable_clinic()->set_etag(clinic.etag());
    EXPECT_EQ(log.back().DebugString(), expected.DebugString()) << change;
  }
}

TEST_F(ClinicsTest, AnUpdateThatChangesNothingIsNoChange) {
  const std::string etag =
      Good(Create("clinic_id: 'north' clinic { display_name: 'North' phone: '1' time_zone: 'UTC' }")).clinic().etag();
  for (const char* update : {"clinic { name: 'clinics/north' }", "clinic { name: 'clinics/north' phone: '1' }",
                             "clinic { name: 'clinics/north' } update_mask { paths: ['holidays', 'contact_hours'] }"}) {
    EXPECT_EQ(Good(Update(update)).clinic().etag(), etag) << update;
  }
  EXPECT_EQ(ErrorOf(Update("clinic { name: 'clinics/north' etag: 'old' }").status()), "ABORTED/ETAG_MISMATCH");
  EXPECT_THAT(world_.WholeLog("north"), IsEmpty());
}

TEST_F(ClinicsTest, AChangeOfASandboxIsLoggedByItsOwnClock) {
  world_.CreateSandbox("box", At("2031-05-01T08:00"));
  Good(Update("clinic { name: 'clinics/box' phone: '2' }"));
  EXPECT_EQ(plan::ToTime(world_.WholeLog("box").back().event_time()), At("2031-05-01T08:00"));
}

// A list looks in the log for the enrollments that have changed.
TEST_F(ClinicsTest, ListsAreRightAfterAChangeOfTheClinicAndOfAnEnrollment) {
  world_.CreateClinic("north");
  world_.CreatePathway("north", "days", DaysPathway());
  const std::string enrollment = world_.Enrol("north", "e", DaysPatient("north"));
  world_.ExpectListsAgree("north");
  Good(Update("clinic { name: 'clinics/north' contact_hours { openings { weekdays: WEEKDAY_MONDAY "
              "weekdays: WEEKDAY_SATURDAY opens: '10:00' closes: '17:00' } } }"));
  world_.ExpectListsAgree("north");
  EXPECT_EQ(plan::ToTime(world_.List("north").reminders(0).due_time()), At("2029-03-02T10:00"));
  ASSERT_TRUE(world_.End(enrollment).ok());
  world_.ExpectListsAgree("north");
}

TEST_F(ClinicsTest, ListsShowTheCallersClinicsInOrderWhateverTheSizeOfThePage) {
  for (const char* id : {"e", "b", "d", "a", "c"}) world_.CreateClinic(id);
  EXPECT_EQ(List(100), "a b c d e ");
  EXPECT_EQ(List(5), "a b c d e ");
  EXPECT_EQ(List(2), "a b | c d | e ");
  EXPECT_EQ(List(1), "a | b | c | d | e ");
  EXPECT_EQ(List(1, {.principal = "c", .role = Role::kClinic, .clinics = {"b", "e"}}), "b | e ");
  EXPECT_EQ(List(2, {.principal = "c", .role = Role::kClinic}), "");
}

TEST_F(ClinicsTest, ACallerTouchesOnlyItsOwnClinics) {
  world_.CreateClinic("north");
  const Caller southern{.principal = "c", .role = Role::kClinic, .clinics = {"south"}};
  EXPECT_EQ(ErrorOf(Create("clinic_id: 'west' clinic { display_name: 'W' time_zone: 'UTC' }", southern).status()),
            "PERMISSION_DENIED/CLINIC_NOT_YOURS");
  const auto denied = [&](auto service, auto method, auto request) {
    EXPECT_EQ(ErrorOf(world_.Call(service, method, request, southern).status()), "PERMISSION_DENIED/CLINIC_NOT_YOURS")
        << request.GetTypeName();
  };
  const std::string name = "name: 'clinics/north";
  denied(&Engine::clinics, &Clinics::Get, FromText<v1::GetClinicRequest>(name + "'"));
  denied(&Engine::clinics, &Clinics::Update, FromText<v1::UpdateClinicRequest>("clinic { " + name + "' }"));
  denied(&Engine::clinics, &Clinics::AdvanceTestClock,
         FromText<v1::AdvanceTestClockRequest>(name + "' duration {}"));
  denied(&Engine::pathways, &Pathways::Get, FromText<v1::GetPathwayRequest>(name + "/pathways/knee'"));
  denied(&Engine::pathways, &Pathways::List, FromText<v1::ListPathwaysRequest>("parent: 'clinics/north'"));
  denied(&Engine::pathways, &Pathways::ListRevisions,
         FromText<v1::ListPathwayRevisionsRequest>(name + "/pathways/knee'"));
  v1::CreatePathwayRequest create;
  create.set_parent("clinics/north");
  create.set_pathway_id("knee");
  *create.mutable_pathway() = KneePathway();
  denied(&Engine::pathways, &Pathways::Create, create);
  v1::UpdatePathwayRequest update;
  *update.mutable_pathway() = KneePathway();
  update.mutable_pathway()->set_name("clinics/north/pathways/knee");
  denied(&Engine::pathways, &Pathways::Update, update);
  denied(&Engine::pathways, &Pathways::Preview,
         FromText<v1::PreviewPlanRequest>("parent: 'clinics/north' pathway_name: 'clinics/north/pathways/knee'"));
  v1::CreateEnrollmentRequest enrol;
  enrol.set_parent("clinics/north");
  *enrol.mutable_enrollment() = KneePatient("north");
  denied(&Engine::enrollments, &Enrollments::Create, enrol);
  denied(&Engine::enrollments, &Enrollments::Get, FromText<v1::GetEnrollmentRequest>(name + "/enrollments/e'"));
  denied(&Engine::enrollments, &Enrollments::List, FromText<v1::ListEnrollmentsRequest>("parent: 'clinics/north'"));
  denied(&Engine::enrollments, &Enrollments::GetTimeline, FromText<v1::GetTimelineRequest>(name + "/enrollments/e'"));
  denied(&Engine::enrollments, &Enrollments::End,
         FromText<v1::EndEnrollmentRequest>(name + "/enrollments/e' reason: END_REASON_COMPLETED"));
  denied(&Engine::reminders, &Reminders::List, FromText<v1::ListRemindersRequest>("parent: 'clinics/north'"));
  denied(&Engine::reminders, &Reminders::Count, FromText<v1::CountRemindersRequest>("parent: 'clinics/north'"));
  denied(&Engine::reminders, &Reminders::Get,
         FromText<v1::GetReminderRequest>(name + "/enrollments/e/reminders/ice.1'"));
  denied(&Engine::reminders, &Reminders::Complete,
         FromText<v1::CompleteReminderRequest>(name + "/enrollments/e/reminders/ice.1'"));
}

}  // namespace
}  // namespace aftercare::engine
