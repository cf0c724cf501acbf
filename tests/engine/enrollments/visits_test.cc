// Visits booked, moved, missed and booked again: what becomes of the reminders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/enrollments/visiting.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST_F(VisitsTest, WhileNobodyBookedItThePatientIsAskedAndTheCareTeamGetsATask) {
  AdvanceTo("2029-08-04T10:00");
  EXPECT_EQ(Of("book.2029-08-04"), "DUE 2029-08-04T10:00");
  EXPECT_EQ(Good(world_.Get(ana_ + "/reminders/book.2029-08-04")).text(), "Book your 6-month visit, September 1.");
  EXPECT_THAT(SendAll(), ElementsAre("book.2029-08-04"));
  AdvanceTo("2029-08-18T10:00");
  EXPECT_THAT(All(), ElementsAre("book.2029-08-04 SENT", "check.2029-08-18 DUE", "book.2029-08-18 DUE"));
}

TEST_F(VisitsTest, ABookedVisitIsNoLongerAskedForButRemindedOf) {
  AdvanceTo("2029-08-18T10:30");
  EXPECT_THAT(All(),
              ElementsAre("book.2029-08-04 EXPIRED/WINDOW_CLOSED", "check.2029-08-18 DUE", "book.2029-08-18 DUE"));
  const v1::ScheduleVisitResponse booked = Book("2029-09-03T14:30");
  EXPECT_EQ(booked.visit().state(), v1::VISIT_STATE_BOOKED);
  EXPECT_EQ(plan::ToTime(booked.visit().start_time()), At("2029-09-03T14:30"));
  EXPECT_EQ(plan::ToTime(booked.visit().state_time()), At("2029-08-18T10:30"));
  EXPECT_EQ(booked.visit().appointment(), 1);
  EXPECT_THAT(Counts(booked.diff()), ElementsAre(0, 3, 2, 0));
  EXPECT_THAT(All(), ElementsAre("book.2029-08-04 EXPIRED/WINDOW_CLOSED", "check.2029-08-18 CANCELLED/VISIT_CHANGED",
                                 "book.2029-08-18 CANCELLED/VISIT_CHANGED", "remind.2029-08-27 SCHEDULED",
                                 "remind.2029-09-02 SCHEDULED", "remind.2029-09-03 SCHEDULED"));
  EXPECT_THAT(SendAll(), IsEmpty());
  AdvanceTo("2029-08-27T08:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-08-27"));
  AdvanceTo("2029-09-02T08:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-09-02"));
  AdvanceTo("2029-09-03T08:00");
  EXPECT_EQ(Good(world_.Get(ana_ + "/reminders/remind.2029-09-03")).text(),
            "Your 6-month visit is on September 3 at 2:30 PM.");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-09-03"));
}

TEST_F(VisitsTest, NothingIsSentOnceTheAppointmentHasBegun) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T14:29");
  EXPECT_EQ(Of("remind.2029-09-03"), "DUE 2029-09-03T08:00");
  AdvanceTo("2029-09-03T14:30");
  EXPECT_EQ(Of("remind.2029-09-03"), "EXPIRED/WINDOW_CLOSED 2029-09-03T08:00");
  EXPECT_THAT(SendAll(), IsEmpty());
}

TEST_F(VisitsTest, RebookingTellsTheNewAppointmentFromItsFirstReminderOnAndEachOnce) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-08-27T08:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-08-27"));
  const v1::ScheduleVisitResponse moved = Book("2029-09-12T09:00");
  EXPECT_EQ(moved.visit().appointment(), 1);
  EXPECT_THAT(Counts(moved.diff()), ElementsAre(2, 0, 0, 0));
  EXPECT_EQ(moved.diff().sent_again_count(), 1) << "the reminder of seven days before";
  EXPECT_EQ(Of("remind.2029-08-27"), "SENT 2029-08-27T08:00");
  EXPECT_EQ(Of("remind.2029-09-05"), "SCHEDULED 2029-09-05T08:00");
  EXPECT_EQ(Of("remind.2029-09-11"), "SCHEDULED 2029-09-11T08:00");
  EXPECT_EQ(Of("remind.2029-09-12"), "SCHEDULED 2029-09-12T08:00");
  AdvanceTo("2029-09-05T07:59");
  EXPECT_THAT(SendAll(), IsEmpty());
  AdvanceTo("2029-09-05T08:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-09-05"));
  AdvanceTo("2029-09-10T00:00");
  EXPECT_THAT(SendAll(), IsEmpty());
  AdvanceTo("2029-09-12T08:59");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-09-11", "remind.2029-09-12"));
}

TEST_F(VisitsTest, WhatIsDueAndUnsentIsTakenBackWhenTheAppointmentMoves) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-02T08:00");
  EXPECT_EQ(Of("remind.2029-09-02"), "DUE 2029-09-02T08:00");
  EXPECT_EQ(Of("remind.2029-08-27"), "EXPIRED/WINDOW_CLOSED 2029-08-27T08:00");
  Book("2029-09-20T14:30");
  EXPECT_THAT(SendAll(), IsEmpty());
  EXPECT_THAT(All(), UnorderedElementsAre("remind.2029-08-27 EXPIRED/WINDOW_CLOSED",
                                          "remind.2029-09-02 CANCELLED/VISIT_CHANGED", "remind.2029-09-13 SCHEDULED",
                                          "remind.2029-09-19 SCHEDULED", "remind.2029-09-20 SCHEDULED"));
  EXPECT_EQ(Of("remind.2029-09-13"), "SCHEDULED 2029-09-13T08:00");
  EXPECT_EQ(Of("remind.2029-09-19"), "SCHEDULED 2029-09-19T08:00");
  AdvanceTo("2029-09-13T08:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-09-13"));
}

TEST_F(VisitsTest, WhatWasNotSentIsDueAtOnceWhereTheNewAppointmentIsNear) {
  Book("2029-09-20T14:30");
  AdvanceTo("2029-09-16T12:00");
  EXPECT_EQ(Of("remind.2029-09-13"), "EXPIRED/WINDOW_CLOSED 2029-09-13T08:00");
  // Seven days before 22 September is 15 September 08:00, open to the end of the 17th.
  Book("2029-09-22T14:30");
  EXPECT_EQ(Of("remind.2029-09-13"), "EXPIRED/WINDOW_CLOSED 2029-09-13T08:00");
  EXPECT_EQ(Of("remind.2029-09-15"), "DUE 2029-09-16T12:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-09-15"));
}

TEST_F(VisitsTest, AnEarlierTimeOfTheSameDayClosesWindowsEarlier) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T08:00");
  Book("2029-09-03T09:00");
  EXPECT_EQ(Of("remind.2029-09-03"), "DUE 2029-09-03T08:00");
  AdvanceTo("2029-09-03T09:00");
  EXPECT_EQ(Of("remind.2029-09-03"), "EXPIRED/WINDOW_CLOSED 2029-09-03T08:00");
  EXPECT_THAT(SendAll(), IsEmpty());
}

TEST_F(VisitsTest, ALaterTimeOfTheSameDayKeepsWindowsOpen) {
  Book("2029-09-03T09:00");
  AdvanceTo("2029-09-03T08:00");
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T12:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-09-02", "remind.2029-09-03")) << "neither was leased before";
}

TEST_F(VisitsTest, AMissedVisitBringsAMessageAndATask) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T14:45");
  const v1::RecordVisitOutcomeResponse missed = Record(v1::VISIT_STATE_MISSED);
  EXPECT_EQ(missed.visit().state(), v1::VISIT_STATE_MISSED);
  EXPECT_THAT(Counts(missed.diff()), ElementsAre(0, 2, 0, 0));
  EXPECT_EQ(Of("missed.2029-09-03"), "DUE 2029-09-03T14:45");
  EXPECT_EQ(Of("call.2029-09-03"), "DUE 2029-09-03T14:45");
  EXPECT_THAT(SendAll(), ElementsAre("missed.2029-09-03"));
}

TEST_F(VisitsTest, BookedAgainItIsANewAppointmentWithRemindersOfItsOwn) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-08-27T08:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-08-27"));
  AdvanceTo("2029-09-03T14:45");
  Record(v1::VISIT_STATE_MISSED);
  EXPECT_THAT(SendAll(), ElementsAre("missed.2029-09-03"));
  const v1::ScheduleVisitResponse again = Book("2029-09-14T10:00");
  EXPECT_EQ(again.visit().appointment(), 2);
  EXPECT_EQ(Of("missed.2029-09-03"), "SENT 2029-09-03T14:45");
  EXPECT_EQ(Of("call.2029-09-03"), "CANCELLED/VISIT_CHANGED 2029-09-03T14:45");
  EXPECT_EQ(Of("remind.2029-09-07"), "SCHEDULED 2029-09-07T08:00");
  AdvanceTo("2029-09-14T09:59");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-09-13", "remind.2029-09-14"));
  EXPECT_EQ(Of("remind.2029-09-07"), "EXPIRED/WINDOW_CLOSED 2029-09-07T08:00");
  AdvanceTo("2029-09-14T10:30");
  Record(v1::VISIT_STATE_MISSED);
  EXPECT_THAT(SendAll(), ElementsAre("missed.2029-09-14"));
}

TEST_F(VisitsTest, ACancelledVisitCanBeBookedAgain) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-08-27T08:00");
  Record(v1::VISIT_STATE_CANCELLED);
  EXPECT_EQ(Of("again.2029-03-07"), "DUE 2029-08-27T08:00");
  EXPECT_THAT(All(), UnorderedElementsAre("remind.2029-08-27 CANCELLED/VISIT_CHANGED", "again.2029-03-07 DUE"));
  EXPECT_EQ(Book("2029-09-10T10:00").visit().appointment(), 2);
  EXPECT_THAT(All(), UnorderedElementsAre("remind.2029-08-27 CANCELLED/VISIT_CHANGED",
                                          "again.2029-03-07 CANCELLED/VISIT_CHANGED", "remind.2029-09-03 SCHEDULED",
                                          "remind.2029-09-09 SCHEDULED", "remind.2029-09-10 SCHEDULED"));
}

TEST_F(VisitsTest, AnAttendedVisitHasNothingMoreToSay) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T14:00");
  Record(v1::VISIT_STATE_ATTENDED);
  EXPECT_EQ(Of("remind.2029-09-03"), "CANCELLED/VISIT_CHANGED 2029-09-03T08:00");
  AdvanceTo("2029-12-01T00:00");
  EXPECT_THAT(SendAll(), IsEmpty());
}

TEST_F(VisitsTest, AnOutcomeMayBeCorrectedUntilItIsBookedAgain) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T15:00");
  Record(v1::VISIT_STATE_MISSED);
  EXPECT_EQ(Of("call.2029-09-03"), "DUE 2029-09-03T15:00");
  EXPECT_EQ(Record(v1::VISIT_STATE_ATTENDED).visit().appointment(), 1);
  EXPECT_EQ(Of("call.2029-09-03"), "CANCELLED/VISIT_CHANGED 2029-09-03T15:00");
  EXPECT_EQ(Of("missed.2029-09-03"), "CANCELLED/VISIT_CHANGED 2029-09-03T15:00");
  AdvanceTo("2029-09-03T16:00");
  Record(v1::VISIT_STATE_MISSED);
  EXPECT_EQ(Of("call.2029-09-03"), "DUE 2029-09-03T16:00");
  EXPECT_THAT(SendAll(), ElementsAre("missed.2029-09-03"));
}

TEST_F(VisitsTest, WhatWasSentIsNotSentAgainAfterACorrection) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T15:00");
  Record(v1::VISIT_STATE_MISSED);
  EXPECT_THAT(SendAll(), ElementsAre("missed.2029-09-03"));
  Record(v1::VISIT_STATE_ATTENDED);
  AdvanceTo("2029-09-03T16:00");
  Record(v1::VISIT_STATE_MISSED);
  EXPECT_THAT(SendAll(), IsEmpty());
  EXPECT_EQ(Of("missed.2029-09-03"), "SENT 2029-09-03T15:00");
}

TEST_F(VisitsTest, ALeasedReminderOfAnotherTimeMayStillBeReportedSentAndTheNewTimeIsToldAllTheSame) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-08-27T08:00");
  const std::vector<v1::Lease> leases = world_.Lease("box");
  ASSERT_EQ(leases.size(), 1u);
  Book("2029-09-12T09:00");
  EXPECT_EQ(Of("remind.2029-08-27"), "CANCELLED/VISIT_CHANGED 2029-08-27T08:00");
  EXPECT_EQ(world_.Report(leases[0].lease_id(), v1::DELIVERY_OUTCOME_SENT).status().code(), 0);
  EXPECT_EQ(Of("remind.2029-08-27"), "SENT 2029-08-27T08:00");
  EXPECT_EQ(Of("remind.2029-09-05"), "SCHEDULED 2029-09-05T08:00");
  AdvanceTo("2029-09-05T08:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-09-05"));
}

TEST_F(VisitsTest, BookingItWhereItIsBookedChangesNothing) {
  Book("2029-09-03T14:30");
  const size_t events = world_.Events("box").size();
  AdvanceTo("2029-07-01T00:00");
  const v1::ScheduleVisitResponse again = Book("2029-09-03T14:30");
  EXPECT_EQ(plan::ToTime(again.visit().state_time()), At("2029-03-01T12:00"));
  EXPECT_THAT(Counts(again.diff()), ElementsAre(0, 0, 0, 0));
  AdvanceTo("2029-09-03T15:00");
  Record(v1::VISIT_STATE_ATTENDED);
  const size_t recorded = world_.Events("box").size();
  EXPECT_THAT(Counts(Record(v1::VISIT_STATE_ATTENDED).diff()), ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(world_.Events("box").size(), recorded);
  EXPECT_GT(recorded, events);
}

TEST_F(VisitsTest, EachChangeIsAnEventAfterWhichComeThoseOfTheReminders) {
  AdvanceTo("2029-08-18T10:00");
  const size_t before = world_.Events("box").size();
  Book("2029-09-03T14:30");
  const std::vector<v1::Event> events = world_.Events("box");
  ASSERT_EQ(events.size(), before + 3);
  const v1::Event& booked = events[before];
  EXPECT_EQ(booked.type(), v1::EVENT_TYPE_VISIT_CHANGED);
  EXPECT_EQ(plan::ToTime(booked.event_time()), At("2029-08-18T10:00"));
  EXPECT_EQ(booked.enrollment(), ana_);
  EXPECT_EQ(booked.patient(), "p-1");
  EXPECT_EQ(booked.visit().name(), kVisit);
  EXPECT_EQ(booked.visit().state(), v1::VISIT_STATE_BOOKED);
  EXPECT_EQ(plan::ToTime(booked.visit().start_time()), At("2029-09-03T14:30"));
  EXPECT_EQ(booked.visit().appointment(), 1);
  for (size_t i = before + 1; i < events.size(); ++i) {
    EXPECT_EQ(StateAndReason(events[i].reminder().state(), events[i].reminder().reason()), "CANCELLED/VISIT_CHANGED");
  }
}

TEST_F(VisitsTest, ValidateOnlyTellsWhatWouldBeAndChangesNothing) {
  AdvanceTo("2029-08-18T10:30");
  const size_t events = world_.Events("box").size();
  v1::ScheduleVisitRequest request = Booking("2029-09-03T14:30");
  request.set_validate_only(true);
  const v1::ScheduleVisitResponse foreseen = Good(Schedule(request));
  EXPECT_EQ(world_.Events("box").size(), events);
  EXPECT_EQ(Visit().state(), v1::VISIT_STATE_UNBOOKED);
  EXPECT_EQ(foreseen.DebugString(), Book("2029-09-03T14:30").DebugString());
}

TEST_F(VisitsTest, ValidateOnlyTellsWhatAnOutcomeWouldDoAndChangesNothing) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T15:00");
  const size_t events = world_.Events("box").size();
  v1::RecordVisitOutcomeRequest request;
  request.set_name(kVisit);
  request.set_outcome(v1::VISIT_STATE_MISSED);
  request.set_validate_only(true);
  const auto foreseen = Good(world_.Call(&Engine::visits, &Visits::RecordOutcome, request));
  EXPECT_EQ(foreseen.visit().state(), v1::VISIT_STATE_MISSED);
  EXPECT_GT(foreseen.diff().changes_size(), 0);
  EXPECT_EQ(world_.Events("box").size(), events);
  EXPECT_EQ(Visit().state(), v1::VISIT_STATE_BOOKED);
  EXPECT_EQ(foreseen.DebugString(), Record(v1::VISIT_STATE_MISSED).DebugString());
}

TEST_F(VisitsTest, ABookingInTheRealTimeOfAClinicComesDueByItself) {
  world_.CreateClinic("north");
  world_.CreatePathway("north", "knee", VisitPathway());
  const std::string ben = world_.Enrol("north", "ben", KneePatient("north"));
  Book("2029-09-03T14:30", "clinics/north/enrollments/ben/visits/month-6");
  world_.MoveTo(At("2029-08-27T08:00"));
  EXPECT_EQ(world_.StateOf(ben + "/reminders/remind.2029-08-27"), "DUE");
}

TEST_F(VisitsTest, AppointmentsOutliveTheServer) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-08-27T07:00");
  world_.Stop();
  world_.Start();
  EXPECT_EQ(Visit().state(), v1::VISIT_STATE_BOOKED);
  AdvanceTo("2029-08-27T08:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-08-27"));
}

TEST_F(VisitsTest, WhatIsBookedDuringAPauseIsRemindedOfAfterIt) {
  v1::PauseEnrollmentRequest pause;
  pause.set_name(ana_);
  Good(world_.Call(&Engine::enrollments, &Enrollments::Pause, pause));
  Book("2029-09-03T14:30");
  AdvanceTo("2029-08-28T12:00");
  EXPECT_THAT(SendAll(), IsEmpty());
  v1::ResumeEnrollmentRequest resume;
  resume.set_name(ana_);
  Good(world_.Call(&Engine::enrollments, &Enrollments::Resume, resume));
  EXPECT_EQ(Of("remind.2029-08-27"), "DUE 2029-08-28T12:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-08-27"));
}

TEST_F(VisitsTest, AnotherProcedureDateMovesTheTargetButNoAppointment) {
  v1::UpdateEnrollmentRequest update;
  update.mutable_enrollment()->set_name(ana_);
  update.mutable_enrollment()->set_procedure_date("2029-03-08");
  Good(world_.Call(&Engine::enrollments, &Enrollments::Update, update));
  EXPECT_EQ(Visit().target_date(), "2029-09-08");
  EXPECT_EQ(Of("book.2029-08-11"), "SCHEDULED 2029-08-11T10:00");
  Book("2029-09-10T14:30");
  update.mutable_enrollment()->set_procedure_date("2029-03-15");
  Good(world_.Call(&Engine::enrollments, &Enrollments::Update, update));
  EXPECT_EQ(Visit().target_date(), "2029-09-15");
  EXPECT_EQ(plan::ToTime(Visit().start_time()), At("2029-09-10T14:30"));
  EXPECT_EQ(Of("remind.2029-09-03"), "SCHEDULED 2029-09-03T08:00");
}

// What an earlier revision said of a visit that the new one does not have is told all the same.
TEST_F(VisitsTest, RemindersOfAVisitOutliveTheRevisionThatPrescribedIt) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-08-27T08:00");
  EXPECT_THAT(SendAll(), ElementsAre("remind.2029-08-27"));
  v1::UpdatePathwayRequest revise;
  *revise.mutable_pathway() = FromText<v1::Pathway>(R"pb(
    display_name: "No visits" default_locale: "en"
    phases { id: "later" display_name: "Later" span { months { first: 6 last: 12 } } }
    rules { id: "other" phase: "later" category: "c" schedule { times: "08:00" } texts { key: "en" value: "Text" } }
  )pb");
  revise.mutable_pathway()->set_name("clinics/box/pathways/knee");
  Good(world_.Call(&Engine::pathways, &Pathways::Update, revise));
  v1::UpdateEnrollmentRequest update;
  update.mutable_enrollment()->set_name(ana_);
  update.mutable_enrollment()->set_pathway_revision(2);
  update.set_allow_drop(true);
  Good(world_.Call(&Engine::enrollments, &Enrollments::Update, update));
  EXPECT_THAT(Good(TryList(ana_)).visits(), IsEmpty());
  const v1::Reminder sent = Good(world_.Get(ana_ + "/reminders/remind.2029-08-27"));
  EXPECT_EQ(StateAndReason(sent), "SENT");
  EXPECT_EQ(sent.text(), "Your 6-month visit is on September 3 at 2:30 PM.");
}

}  // namespace
}  // namespace aftercare::engine
