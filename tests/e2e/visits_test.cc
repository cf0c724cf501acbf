// Follow-up visits over a real channel.
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Visits = v1::VisitService::Stub;

constexpr char kVisit[] = "clinics/riverside/enrollments/ana/visits/month-6";

class VisitsTest : public Service {
 protected:
  VisitsTest() {
    CreateClinic(*client, "riverside", "2026-03-02T09:00:00-05:00");
    CreatePathway(*client, "riverside", "knee", KneePathway());
    Enroll(*client, Patient("riverside", "ana", "2026-03-02"));
  }

  Answer<v1::ScheduleVisitResponse> Schedule(const std::string& start, const std::string& name = kVisit) {
    v1::ScheduleVisitRequest request;
    request.set_name(name);
    request.set_start_local_time(start);
    return Call(*client->visits, &Visits::ScheduleVisit, request);
  }
};

TEST_F(VisitsTest, AVisitIsBookedListedAndRecorded) {
  const auto booked = Schedule("2026-09-03T14:30");
  ASSERT_TRUE(booked.ok()) << booked.status.error_message();
  EXPECT_EQ(ToTime(booked->visit().start_time()), At("2026-09-03T14:30:00-04:00"));
  EXPECT_EQ(booked->diff().added_count(), 5);
  EXPECT_EQ(booked->diff().dropped_count(), 6);
  v1::ListVisitsRequest list;
  list.set_parent("clinics/riverside/enrollments/-");
  list.add_states(v1::VISIT_STATE_BOOKED);
  const auto listed = Call(*client->visits, &Visits::ListVisits, list);
  ASSERT_EQ(listed->visits_size(), 1);
  EXPECT_EQ(listed->visits(0).SerializeAsString(), booked->visit().SerializeAsString());
  Advance(*client, "riverside", "2026-09-03T15:00:00-04:00");
  v1::RecordVisitOutcomeRequest record;
  record.set_name(kVisit);
  record.set_outcome(v1::VISIT_STATE_MISSED);
  const auto missed = Call(*client->visits, &Visits::RecordVisitOutcome, record);
  ASSERT_TRUE(missed.ok()) << missed.status.error_message();
  EXPECT_EQ(missed->visit().state(), v1::VISIT_STATE_MISSED);
  EXPECT_EQ(missed->diff().added_count(), 3);
}

TEST_F(VisitsTest, WhatIsRefusedSaysWhy) {
  const auto outside = Schedule("2026-10-03T14:30");
  EXPECT_EQ(outside.status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(outside.status), "OUTSIDE_VISIT_WINDOW");
  EXPECT_THAT(outside.status.error_message(), HasSubstr("2026-08-26 to 2026-09-23"));
  const auto unknown = Schedule("2026-09-03T14:30", "clinics/riverside/enrollments/ana/visits/month-7");
  EXPECT_EQ(unknown.status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(unknown.status), "VISIT_NOT_FOUND");
  const auto bad = Schedule("2026-09-03 14:30", "clinics/riverside");
  EXPECT_EQ(bad.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(FieldsOf(bad.status), ElementsAre("name", "start_local_time"));
  EXPECT_THAT(FieldsOf(Schedule("\xff").status), ElementsAre("start_local_time"));
  v1::RecordVisitOutcomeRequest record;
  record.set_name(kVisit);
  record.set_outcome(v1::VISIT_STATE_ATTENDED);
  EXPECT_EQ(ReasonOf(Call(*client->visits, &Visits::RecordVisitOutcome, record).status), "VISIT_NOT_BOOKED");
}

}  // namespace
}  // namespace aftercare::e2e
