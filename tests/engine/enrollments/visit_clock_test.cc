// Whose clock a visit goes by, how its changes are counted, and what the end of its enrollment does to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/enrollments/visiting.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kBensVisit[] = "clinics/box/enrollments/ben/visits/month-6";

// The clinic is in New York, ben in the zone that the test says.
class VisitClockTest : public VisitsTest {
 protected:
  VisitClockTest() { MoveClinic("America/New_York"); }

  void MoveClinic(const std::string& zone) {
    v1::UpdateClinicRequest update;
    update.mutable_clinic()->set_name("clinics/box");
    update.mutable_clinic()->set_time_zone(zone);
    update.mutable_update_mask()->add_paths("time_zone");
    Good(world_.Call(&Engine::clinics, &Clinics::Update, update));
  }
  void EnrolBen(const std::string& zone) {
    v1::Enrollment patient = KneePatient("box", "p-2");
    patient.set_time_zone(zone);
    world_.Enrol("box", "ben", patient);
  }
  // Returns the text of a reminder of ben.
  std::string TextOf(const std::string& id) {
    const v1::GetTimelineResponse timeline = world_.Timeline("clinics/box/enrollments/ben");
    for (const v1::Reminder& reminder : timeline.reminders()) {
      if (IdOf(reminder.name()) == id) return reminder.text();
    }
    return "no such reminder";
  }
};

TEST_F(VisitClockTest, AnAppointmentIsEnteredAndShownByTheClinicsClock) {
  EnrolBen("America/Los_Angeles");
  const v1::Visit booked = Book("2029-09-03T14:30", kBensVisit).visit();
  EXPECT_EQ(plan::ToTime(booked.start_time()), At("2029-09-03T18:30"));
  EXPECT_EQ(booked.start_local_time(), "2029-09-03T14:30");
  EXPECT_EQ(booked.time_zone(), "America/New_York");
  const v1::Visit listed = Good(TryList("clinics/box/enrollments/ben")).visits(0);
  EXPECT_EQ(listed.DebugString(), booked.DebugString());
  EXPECT_EQ(Good(TryList("clinics/box/enrollments/ben")).visits(1).start_local_time(), "");
  EXPECT_EQ(Good(TryList("clinics/box/enrollments/ben")).visits(1).time_zone(), "America/New_York");
  // The appointment stays when it is, whatever the clinic's zone.
  MoveClinic("America/Chicago");
  const v1::Visit moved = Good(TryList("clinics/box/enrollments/ben")).visits(0);
  EXPECT_EQ(plan::ToTime(moved.start_time()), At("2029-09-03T18:30"));
  EXPECT_EQ(moved.start_local_time(), "2029-09-03T13:30");
}

TEST_F(VisitClockTest, ATextTellsTheTimeAtTheClinicAndComesDueByThePatientsClock) {
  EnrolBen("Europe/Madrid");
  Book("2029-09-03T14:30", kBensVisit);
  EXPECT_EQ(TextOf("remind.2029-09-02"), "Your 6-month visit is on September 3 at 2:30 PM, New York time.");
  EXPECT_EQ(SandboxFixture::Of("remind.2029-09-02", "ben"), "SCHEDULED 2029-09-02T06:00");
  // On the patient's calendar, it is on 4 September.
  Book("2029-09-03T18:30", kBensVisit);
  EXPECT_EQ(TextOf("remind.2029-09-03"), "Your 6-month visit is on September 3 at 6:30 PM, New York time.");
  EXPECT_EQ(SandboxFixture::Of("remind.2029-09-03", "ben"), "SCHEDULED 2029-09-03T06:00");
}

TEST_F(VisitClockTest, AMessageIsLeasedWithTheTimeAtTheClinic) {
  EnrolBen("Europe/Madrid");
  Book("2029-09-03T14:30", kBensVisit);
  AdvanceTo("2029-09-02T06:00");
  std::vector<std::string> texts;
  for (const v1::Lease& lease : world_.Lease("box")) texts.push_back(lease.text());
  EXPECT_THAT(texts, ElementsAre("Your 6-month visit is on September 3 at 2:30 PM, New York time."));
}

// Midnight in Kathmandu is the evening before in New York.
TEST_F(VisitClockTest, TheWindowIsComparedWithTheDateAtTheClinic) {
  EnrolBen("Asia/Kathmandu");
  const absl::Status early = Schedule(Booking("2029-08-24T23:59", kBensVisit)).status();
  EXPECT_EQ(ErrorOf(early), "FAILED_PRECONDITION/OUTSIDE_VISIT_WINDOW");
  EXPECT_THAT(std::string(early.message()), HasSubstr("2029-08-24 is outside"));
  EXPECT_EQ(plan::ToTime(Book("2029-08-25T00:00", kBensVisit).visit().start_time()), At("2029-08-25T04:00"));
  EXPECT_EQ(plan::ToTime(Book("2029-09-22T23:59", kBensVisit).visit().start_time()), At("2029-09-23T03:59"));
  EXPECT_EQ(ErrorOf(Schedule(Booking("2029-09-23T00:00", kBensVisit)).status()),
            "FAILED_PRECONDITION/OUTSIDE_VISIT_WINDOW");
}

// In New York, clocks skip 02:30 on 11 March 2029; in UTC, where ana is, they do not.
TEST_F(VisitClockTest, ATimeThatClocksAtTheClinicSkipIsRefused) {
  v1::ScheduleVisitRequest request = Booking("2029-03-11T02:30");
  request.set_allow_outside_window(true);
  const absl::Status refused = Schedule(request).status();
  EXPECT_THAT(BadFields(refused), ElementsAre("start_local_time"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("2:30 AM does not exist on that day"));
  EXPECT_EQ(Visit().state(), v1::VISIT_STATE_UNBOOKED);
  request.set_start_local_time("2029-03-11T03:00");
  EXPECT_EQ(plan::ToTime(Good(Schedule(request)).visit().start_time()), At("2029-03-11T07:00"));
}

TEST_F(VisitClockTest, OfATimeThatClocksAtTheClinicRepeatTheFirstIsMeant) {
  v1::ScheduleVisitRequest request = Booking("2029-11-04T01:30");
  request.set_allow_outside_window(true);
  EXPECT_EQ(plan::ToTime(Good(Schedule(request)).visit().start_time()), At("2029-11-04T05:30"));
}

TEST_F(VisitClockTest, TheErrorAboutATimeToComeTellsTheTimeAtTheClinic) {
  EnrolBen("Europe/Madrid");
  Book("2029-09-03T14:30", kBensVisit);
  EXPECT_THAT(std::string(TryRecord(v1::VISIT_STATE_MISSED, kBensVisit).status().message()),
              HasSubstr("begins only 2029-09-03T14:30 by the clinic's clock (America/New_York)"));
}

TEST_F(VisitsTest, EveryChangeOfAVisitIsCounted) {
  EXPECT_EQ(Visit().sequence(), 0);
  EXPECT_EQ(Book("2029-09-03T14:30").visit().sequence(), 1);
  EXPECT_EQ(Book("2029-09-03T14:30").visit().sequence(), 1) << "nothing changed";
  EXPECT_EQ(Book("2029-09-04T14:30").visit().sequence(), 2);
  EXPECT_EQ(Record(v1::VISIT_STATE_CANCELLED).visit().sequence(), 3);
  EXPECT_EQ(Book("2029-09-05T14:30").visit().sequence(), 4);
  EXPECT_EQ(Visit().sequence(), 4);
}

TEST_F(VisitsTest, TheEndOfAnEnrollmentCancelsItsVisitsThatHaveNotBegun) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-08-27T08:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-08-27"));
  const size_t before = world_.Events("box").size();
  ASSERT_TRUE(world_.End(ana_).ok());
  const v1::Visit visit = Visit();
  EXPECT_EQ(visit.state(), v1::VISIT_STATE_CANCELLED);
  EXPECT_EQ(plan::ToTime(visit.state_time()), At("2029-08-27T08:00"));
  EXPECT_EQ(plan::ToTime(visit.start_time()), At("2029-09-03T14:30"));
  EXPECT_EQ(visit.sequence(), 2);
  EXPECT_EQ(Good(TryList(ana_, 100, "", {v1::VISIT_STATE_CANCELLED})).visits_size(), 1);
  EXPECT_EQ(Good(TryList(ana_, 100, "", {v1::VISIT_STATE_BOOKED})).visits_size(), 0);
  int told = 0;
  const std::vector<v1::Event> events = world_.Events("box");
  for (size_t i = before; i < events.size(); ++i) {
    if (events[i].type() != v1::EVENT_TYPE_VISIT_CHANGED) continue;
    ++told;
    EXPECT_EQ(events[i].visit().name(), kVisit);
    EXPECT_EQ(events[i].visit().state(), v1::VISIT_STATE_CANCELLED);
  }
  EXPECT_EQ(told, 1);
}

TEST_F(VisitsTest, NothingIsSentAboutAVisitThatTheEndOfItsEnrollmentCancels) {
  Book("2029-09-03T14:30");
  ASSERT_TRUE(world_.End(ana_).ok());
  EXPECT_EQ(Of("remind.2029-08-27"), "CANCELLED/ENROLLMENT_ENDED 2029-08-27T08:00");
  for (const std::string& reminder : All()) EXPECT_EQ(reminder.find("again."), std::string::npos) << reminder;
  AdvanceTo("2029-10-01T00:00");
  EXPECT_THAT(SendAll(), IsEmpty());
  EXPECT_EQ(Of("remind.2029-08-27"), "CANCELLED/ENROLLMENT_ENDED 2029-08-27T08:00");
}

TEST_F(VisitsTest, AVisitThatHasBegunStaysAsItIsWhenTheEnrollmentEnds) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T14:30");
  ASSERT_TRUE(world_.End(ana_).ok());
  EXPECT_EQ(Visit().state(), v1::VISIT_STATE_BOOKED);
  EXPECT_EQ(Visit().sequence(), 1);
}

TEST_F(VisitsTest, TheEndOfAllEnrollmentsOfAPatientCancelsTheVisitsOfEach) {
  v1::Pathway other = VisitPathway();
  world_.CreatePathway("box", "hip", other);
  v1::Enrollment second = KneePatient("box");
  second.set_pathway("clinics/box/pathways/hip");
  world_.Enrol("box", "hip", second);
  Book("2029-09-03T14:30", "clinics/box/enrollments/hip/visits/month-6");
  ASSERT_TRUE(world_.End(ana_, v1::END_REASON_DECEASED).ok());
  EXPECT_EQ(Good(TryList("clinics/box/enrollments/hip")).visits(0).state(), v1::VISIT_STATE_CANCELLED);
}

}  // namespace
}  // namespace aftercare::engine
