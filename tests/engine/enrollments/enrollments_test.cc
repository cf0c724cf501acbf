#include "scheduler/engine/enrollments/enrollments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EnrollmentsTest : public RealTimeFixture {
 protected:
  EnrollmentsTest() {
    request_.set_parent("clinics/north");
    *request_.mutable_enrollment() = KneePatient("north");
  }

  absl::StatusOr<v1::CreateEnrollmentResponse> Create() {
    return world_.Call(&Engine::enrollments, &Enrollments::Create, request_);
  }

  // Ids over all pages.
  std::vector<std::string> List(const std::string& filter, int size) {
    std::vector<std::string> ids;
    auto request = FromText<v1::ListEnrollmentsRequest>(filter);
    request.set_parent("clinics/north");
    request.set_page_size(size);
    do {
      const auto page = Good(world_.Call(&Engine::enrollments, &Enrollments::List, request));
      for (const auto& enrollment : page.enrollments()) ids.push_back(enrollment.name().substr(26));
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }

  v1::CreateEnrollmentRequest request_;
};

TEST_F(EnrollmentsTest, WhatIsLeftOpenIsFilledIn) {
  const v1::Enrollment enrollment = Good(Create()).enrollment();
  EXPECT_EQ(enrollment.pathway_revision(), 1);
  EXPECT_EQ(enrollment.time_zone() + " " + enrollment.locale(), "UTC en");
  EXPECT_EQ(enrollment.state(), v1::ENROLLMENT_STATE_ACTIVE);
  EXPECT_EQ(plan::ToTime(enrollment.enroll_time()), At("2029-03-01T08:00"));
  EXPECT_FALSE(enrollment.has_end_time());
  EXPECT_TRUE(ParseEnrollmentName(enrollment.name()).has_value());
  v1::GetEnrollmentRequest get;
  get.set_name(enrollment.name());
  EXPECT_EQ(Good(world_.Call(&Engine::enrollments, &Enrollments::Get, get)).enrollment().DebugString(),
            enrollment.DebugString());
}

TEST_F(EnrollmentsTest, WhatOnlyTheServerSaysCannotBeBroughtAlong) {
  *request_.mutable_enrollment() = KneePatient("north");
  request_.mutable_enrollment()->set_state(v1::ENROLLMENT_STATE_ENDED);
  request_.mutable_enrollment()->set_end_reason(v1::END_REASON_DECEASED);
  plan::SetTimestamp(At("2028-01-01T00:00"), request_.mutable_enrollment()->mutable_enroll_time());
  plan::SetTimestamp(At("2028-01-01T00:00"), request_.mutable_enrollment()->mutable_end_time());
  const v1::Enrollment enrollment = Good(Create()).enrollment();
  EXPECT_EQ(enrollment.state(), v1::ENROLLMENT_STATE_ACTIVE);
  EXPECT_EQ(enrollment.end_reason(), v1::END_REASON_UNSPECIFIED);
  EXPECT_EQ(plan::ToTime(enrollment.enroll_time()), At("2029-03-01T08:00"));
  EXPECT_FALSE(enrollment.has_end_time());
}

TEST_F(EnrollmentsTest, AnEnrollmentKeepsItsRevision) {
  world_.Enrol("north", "first", KneePatient("north"));
  v1::UpdatePathwayRequest update;
  *update.mutable_pathway() = KneePathway();
  update.mutable_pathway()->set_name("clinics/north/pathways/knee");
  update.mutable_pathway()->mutable_rules()->DeleteSubrange(0, 1);
  Good(world_.Call(&Engine::pathways, &Pathways::Update, update));
  EXPECT_EQ(world_.Timeline("clinics/north/enrollments/first").reminders_size(), 13);
  world_.Enrol("north", "second", KneePatient("north"));
  EXPECT_EQ(world_.Timeline("clinics/north/enrollments/second").reminders_size(), 7);
  v1::Enrollment old = KneePatient("north");
  old.set_pathway_revision(1);
  world_.Enrol("north", "third", old);
  EXPECT_EQ(world_.Timeline("clinics/north/enrollments/third").reminders_size(), 13);
}

TEST_F(EnrollmentsTest, AnIdIsTakenOnce) {
  request_.set_enrollment_id("e");
  Good(Create());
  EXPECT_EQ(ErrorOf(Create().status()), "ALREADY_EXISTS/ENROLLMENT_EXISTS");
  EXPECT_EQ(world_.Events("north").size(), 1u);
}

TEST_F(EnrollmentsTest, ACheckStoresNothing) {
  request_.set_validate_only(true);
  EXPECT_EQ(Good(Create()).enrollment().pathway_revision(), 1);
  EXPECT_THAT(List("", 10), IsEmpty());
  EXPECT_THAT(world_.Events("north"), IsEmpty());
}

TEST_F(EnrollmentsTest, EveryBadFieldIsNamedAtOnce) {
  request_.set_enrollment_id("E");
  request_.set_request_id("/");
  request_.mutable_enrollment()->set_patient("a b");
  request_.mutable_enrollment()->set_time_zone("Mars");
  (*request_.mutable_enrollment()->mutable_factors())["smoker"] = "yes";
  EXPECT_THAT(BadFields(Create().status()),
              ElementsAre("enrollment_id", "request_id", "enrollment.patient", "enrollment.time_zone",
                          "enrollment.factors[\"smoker\"]"));
  request_.mutable_enrollment()->set_pathway("clinics/south/pathways/knee");
  request_.mutable_enrollment()->set_pathway_revision(-1);
  EXPECT_THAT(BadFields(Create().status()), Contains("enrollment.pathway"));
  EXPECT_THAT(BadFields(Create().status()), Contains("enrollment.patient"));
  EXPECT_THAT(BadFields(Create().status()), Contains("enrollment.pathway_revision"));
}

TEST_F(EnrollmentsTest, WhatARequestNamesMustExist) {
  request_.mutable_enrollment()->set_pathway_revision(2);
  EXPECT_EQ(ErrorOf(Create().status()), "NOT_FOUND/PATHWAY_NOT_FOUND");
  request_.set_parent("clinics/west");
  request_.mutable_enrollment()->set_pathway("clinics/west/pathways/knee");
  EXPECT_EQ(ErrorOf(Create().status()), "NOT_FOUND/CLINIC_NOT_FOUND");
}

TEST_F(EnrollmentsTest, ListsShowWhatMatchesInOrderWhateverTheSizeOfThePage) {
  world_.CreatePathway("north", "hip", KneePathway());
  v1::Enrollment hip = KneePatient("north", "p-2");
  hip.set_pathway("clinics/north/pathways/hip");
  for (const char* id : {"5", "1", "3"}) world_.Enrol("north", id, KneePatient("north"));
  for (const char* id : {"4", "2"}) world_.Enrol("north", id, hip);
  ASSERT_TRUE(world_.End("clinics/north/enrollments/3").ok());
  for (int size : {1, 2, 4, 5, 100}) {
    EXPECT_THAT(List("", size), ElementsAre("1", "2", "3", "4", "5"));
    EXPECT_THAT(List("patient: 'p-1'", size), ElementsAre("1", "3", "5"));
    EXPECT_THAT(List("pathway: 'clinics/north/pathways/hip'", size), ElementsAre("2", "4"));
    EXPECT_THAT(List("state: ENROLLMENT_STATE_ENDED", size), ElementsAre("3"));
    EXPECT_THAT(List("state: ENROLLMENT_STATE_ACTIVE patient: 'p-1'", size), ElementsAre("1", "5"));
  }
}

TEST_F(EnrollmentsTest, IdsTheServerMakesAreInOrderOfTime) {
  std::vector<std::string> names;
  request_.set_allow_concurrent(true);
  for (int i = 0; i < 5; ++i) {
    names.push_back(Good(Create()).enrollment().name().substr(26));
    world_.clock().Advance(absl::Milliseconds(1));
  }
  EXPECT_EQ(List("", 2), names);
}

TEST_F(EnrollmentsTest, APageTokenIsGoodOnlyForItsQuery) {
  for (const char* id : {"1", "2"}) world_.Enrol("north", id, KneePatient("north"));
  auto request = FromText<v1::ListEnrollmentsRequest>("parent: 'clinics/north' page_size: 1");
  request.set_page_token(Good(world_.Call(&Engine::enrollments, &Enrollments::List, request)).next_page_token());
  EXPECT_FALSE(request.page_token().empty());
  request.set_patient("p-1");
  EXPECT_THAT(BadFields(world_.Call(&Engine::enrollments, &Enrollments::List, request).status()),
              ElementsAre("page_token"));
}

TEST_F(EnrollmentsTest, ATimelineShowsTheWholeYearInOrder) {
  const std::string name = world_.Enrol("north", "e", KneePatient("north"));
  world_.MoveTo(At("2029-03-03T10:30"));
  const v1::GetTimelineResponse timeline = world_.Timeline(name);
  EXPECT_EQ(timeline.enrollment().name(), name);
  EXPECT_EQ(plan::ToTime(timeline.current_time()), At("2029-03-03T10:30"));
  EXPECT_EQ(timeline.phases(0).first_date() + " " + timeline.phases(0).last_date(), "2029-03-01 2029-03-31");
  ASSERT_EQ(timeline.reminders_size(), 13);
  std::vector<std::string> first;
  for (int i = 0; i < 5; ++i) {
    first.push_back(timeline.reminders(i).name().substr(name.size() + 11) + " " +
                    StateAndReason(timeline.reminders(i)));
    EXPECT_EQ(timeline.reminders(i).DebugString(), Good(world_.Get(timeline.reminders(i).name())).DebugString());
  }
  EXPECT_THAT(first,
              ElementsAre("ice.2029-03-02-0900 EXPIRED/WINDOW_CLOSED", "ice.2029-03-02-1500 EXPIRED/WINDOW_CLOSED",
                          "ice.2029-03-03-0900 DUE", "task.2029-03-03 DUE", "ice.2029-03-03-1500 SCHEDULED"));
  EXPECT_EQ(timeline.reminders(2).text(), "Ana, ice your knee.");
  EXPECT_EQ(timeline.reminders(2).channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(timeline.reminders(3).channel(), v1::CHANNEL_UNSPECIFIED);
}

}  // namespace
}  // namespace aftercare::engine
