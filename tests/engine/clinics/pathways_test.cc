#include "scheduler/engine/clinics/pathways.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

constexpr char kKnee[] = "clinics/north/pathways/knee";

class PathwaysTest : public RealTimeFixture {
 protected:
  absl::StatusOr<v1::UpdatePathwayResponse> Update(const std::string& display_name, const std::string& etag = "",
                                                   bool validate_only = false) {
    v1::UpdatePathwayRequest request;
    *request.mutable_pathway() = KneePathway();
    request.mutable_pathway()->set_name(kKnee);
    request.mutable_pathway()->set_display_name(display_name);
    request.mutable_pathway()->set_etag(etag);
    request.set_validate_only(validate_only);
    return world_.Call(&Engine::pathways, &Pathways::Update, request);
  }
  absl::StatusOr<v1::GetPathwayResponse> Get(int revision) {
    v1::GetPathwayRequest request;
    request.set_name(kKnee);
    request.set_revision(revision);
    return world_.Call(&Engine::pathways, &Pathways::Get, request);
  }
  absl::StatusOr<v1::PreviewPlanResponse> Preview(const std::string& more) {
    v1::PreviewPlanRequest request = FromText<v1::PreviewPlanRequest>(more);
    request.set_parent("clinics/north");
    if (request.source_case() == v1::PreviewPlanRequest::SOURCE_NOT_SET) request.set_pathway_name(kKnee);
    return world_.Call(&Engine::pathways, &Pathways::Preview, request);
  }
};

TEST_F(PathwaysTest, AnUpdateMakesARevisionAndOldOnesStay) {
  world_.MoveTo(At("2029-03-01T09:00"));
  const v1::Pathway second = Good(Update("Second")).pathway();
  EXPECT_EQ(second.revision(), 2);
  EXPECT_EQ(plan::ToTime(second.revision_create_time()), At("2029-03-01T09:00"));
  EXPECT_EQ(Good(Get(0)).pathway().display_name(), "Second");
  EXPECT_EQ(Good(Get(1)).pathway().display_name(), "Knee");
  EXPECT_EQ(ErrorOf(Get(3).status()), "NOT_FOUND/PATHWAY_NOT_FOUND");
}

TEST_F(PathwaysTest, AnUpdateThatChangesNothingMakesNoRevision) {
  EXPECT_EQ(Good(Update("Knee")).pathway().revision(), 1);
  EXPECT_EQ(Good(Get(0)).pathway().revision(), 1);
}

TEST_F(PathwaysTest, EachNewRevisionIsLoggedOnce) {
  const auto expected = [](const char* time, int revision) {
    v1::Event event = FromText<v1::Event>(R"(type: EVENT_TYPE_PATHWAY_REVISED actor: "operator")");
    plan::SetTimestamp(At(time), event.mutable_event_time());
    event.mutable_pathway()->set_name(kKnee);
    event.mutable_pathway()->set_revision(revision);
    return event.DebugString();
  };
  std::vector<v1::Event> log = world_.WholeLog("north");
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].DebugString(), expected("2029-03-01T08:00", 1));
  world_.MoveTo(At("2029-03-01T09:00"));
  Good(Update("Second", "", /*validate_only=*/true));
  Good(Update("Second"));
  Good(Update("Second"));
  log = world_.WholeLog("north");
  ASSERT_EQ(log.size(), 2u);
  EXPECT_EQ(log[1].DebugString(), expected("2029-03-01T09:00", 2));
}

TEST_F(PathwaysTest, AnUpdateOfAnOldEtagIsAborted) {
  const std::string etag = Good(Get(0)).pathway().etag();
  Good(Update("Second", etag));
  EXPECT_EQ(ErrorOf(Update("Third", etag).status()), "ABORTED/ETAG_MISMATCH");
}

TEST_F(PathwaysTest, ACheckStoresNothing) {
  EXPECT_EQ(Good(Update("Second", "", true)).pathway().revision(), 2);
  EXPECT_EQ(Good(Get(0)).pathway().revision(), 1);
  v1::CreatePathwayRequest request;
  request.set_parent("clinics/north");
  request.set_pathway_id("hip");
  request.set_validate_only(true);
  *request.mutable_pathway() = KneePathway();
  Good(world_.Call(&Engine::pathways, &Pathways::Create, request));
  request.set_pathway_id("knee");
  EXPECT_EQ(ErrorOf(world_.Call(&Engine::pathways, &Pathways::Create, request).status()),
            "ALREADY_EXISTS/PATHWAY_EXISTS");
}

TEST_F(PathwaysTest, EveryFaultIsNamedWithItsPath) {
  v1::CreatePathwayRequest request;
  request.set_parent("north");
  request.set_pathway_id("Knee");
  *request.mutable_pathway() = KneePathway();
  request.mutable_pathway()->mutable_rules(1)->set_phase("nowhere");
  const std::vector<std::string> fields =
      BadFields(world_.Call(&Engine::pathways, &Pathways::Create, request).status());
  EXPECT_THAT(fields, Contains("parent"));
  EXPECT_THAT(fields, Contains("pathway_id"));
  EXPECT_THAT(fields, Contains("pathway.rules[1].phase"));
}

TEST_F(PathwaysTest, ListsShowTheNewestRevisionsInOrderWhateverTheSizeOfThePage) {
  for (const char* id : {"c", "a", "b"}) world_.CreatePathway("north", id, KneePathway());
  Good(Update("Second"));
  for (int size : {1, 2, 3, 4, 100}) {
    std::vector<std::string> names;
    v1::ListPathwaysRequest request;
    request.set_parent("clinics/north");
    request.set_page_size(size);
    do {
      const auto page = Good(world_.Call(&Engine::pathways, &Pathways::List, request));
      for (const auto& pathway : page.pathways()) names.push_back(pathway.name().substr(23) + pathway.display_name());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    EXPECT_THAT(names, ElementsAre("aKnee", "bKnee", "cKnee", "kneeSecond"));
  }
}

TEST_F(PathwaysTest, RevisionsAreListedNewestFirst) {
  for (int i = 2; i <= 5; ++i) Good(Update(absl::StrCat("R", i)));
  v1::ListPathwayRevisionsRequest request;
  request.set_name(kKnee);
  request.set_page_size(2);
  std::vector<int> revisions;
  do {
    const auto page = Good(world_.Call(&Engine::pathways, &Pathways::ListRevisions, request));
    for (const auto& pathway : page.pathways()) revisions.push_back(pathway.revision());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(revisions, ElementsAre(5, 4, 3, 2, 1));
  request.set_name("clinics/north/pathways/hip");
  EXPECT_EQ(ErrorOf(world_.Call(&Engine::pathways, &Pathways::ListRevisions, request).status()),
            "NOT_FOUND/PATHWAY_NOT_FOUND");
}

TEST_F(PathwaysTest, APreviewShowsTheWholeYearAsItStandsAtEnrollment) {
  const auto preview = Good(Preview("enrollment { procedure_date: '2029-03-01' }"));
  EXPECT_EQ(preview.reminders_size(), 13);
  EXPECT_EQ(preview.phases_size(), 2);
  EXPECT_EQ(preview.phases(1).first_date() + " " + preview.phases(1).last_date(), "2029-09-01 2030-02-28");
  EXPECT_EQ(preview.reminders(0).name(), "ice.2029-03-02-0900");
  EXPECT_EQ(preview.reminders(0).text(), "Alex, ice your knee.");
  for (const v1::Reminder& reminder : preview.reminders()) EXPECT_EQ(StateAndReason(reminder), "SCHEDULED");
}

TEST_F(PathwaysTest, APreviewOfAPatientWithContactPointsSaysHowTheyAreReached) {
  const auto preview = Good(Preview("enrollment { procedure_date: '2029-03-01' contact_points { channel: CHANNEL_EMAIL "
                                    "address: 'ana@example.com' } }"));
  for (const v1::Reminder& reminder : preview.reminders()) {
    EXPECT_EQ(reminder.channel(),
              reminder.audience() == v1::AUDIENCE_PATIENT ? v1::CHANNEL_EMAIL : v1::CHANNEL_UNSPECIFIED);
  }
}

TEST_F(PathwaysTest, APreviewOfALateEnrollmentShowsWhatIsLateAndWhatIsDue) {
  v1::PreviewPlanRequest request;
  plan::SetTimestamp(At("2029-03-03T11:00"), request.mutable_enroll_time());
  const auto preview = Good(Preview("enrollment { procedure_date: '2029-03-01' } " + request.ShortDebugString()));
  std::vector<std::string> standings;
  for (int i = 0; i < 5; ++i)
    standings.push_back(preview.reminders(i).name() + " " + StateAndReason(preview.reminders(i)));
  EXPECT_THAT(standings, ElementsAre("ice.2029-03-02-0900 EXPIRED/LATE_ENROLLMENT",
                                     "ice.2029-03-02-1500 EXPIRED/LATE_ENROLLMENT", "ice.2029-03-03-0900 DUE",
                                     "task.2029-03-03 DUE", "ice.2029-03-03-1500 SCHEDULED"));
}

TEST_F(PathwaysTest, APreviewNamesTheFaultsOfPathwayAndPatientAtOnce) {
  EXPECT_THAT(BadFields(Preview("enrollment { procedure_date: 'soon' locale: '!' }").status()),
              ElementsAre("enrollment.procedure_date", "enrollment.locale"));
  const std::vector<std::string> fields =
      BadFields(Preview("pathway { display_name: 'x' } enrollment { procedure_date: 'soon' }").status());
  EXPECT_THAT(fields, Contains("pathway.default_locale"));
  EXPECT_THAT(fields, Contains("enrollment.procedure_date"));
  EXPECT_EQ(ErrorOf(Preview("pathway_name: 'clinics/north/pathways/hip'").status()), "NOT_FOUND/PATHWAY_NOT_FOUND");
}

TEST_F(PathwaysTest, APreviewOfAnImpossibleEnrollTimeIsRefused) {
  for (const char* time : {"seconds: -1", "seconds: 9223372036854775807", "nanos: -1", "nanos: 1000000000"}) {
    EXPECT_THAT(BadFields(Preview(absl::StrCat("enrollment { procedure_date: '2029-03-01' } enroll_time { ", time,
                                               " }"))
                              .status()),
                ElementsAre("enroll_time"))
        << time;
  }
}

}  // namespace
}  // namespace aftercare::engine
