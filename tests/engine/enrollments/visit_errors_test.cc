// Visits as they are listed, and what is refused of them, each with one clear error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_split.h"
#include "tests/engine/enrollments/visiting.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kAll[] = "clinics/box/enrollments/-";

TEST_F(VisitsTest, AVisitIsListedWithItsTargetAndWindowBeforeItIsBooked) {
  const v1::ListVisitsResponse listed = Good(TryList(ana_));
  ASSERT_EQ(listed.visits_size(), 2);
  const v1::Visit& visit = listed.visits(0);
  EXPECT_EQ(visit.name(), kVisit);
  EXPECT_EQ(visit.patient(), "p-1");
  EXPECT_EQ(visit.display_name(), "6-month visit");
  EXPECT_EQ(visit.state(), v1::VISIT_STATE_UNBOOKED);
  EXPECT_EQ(visit.target_date(), "2029-09-01");
  EXPECT_EQ(visit.window_first_date(), "2029-08-25");
  EXPECT_EQ(visit.window_last_date(), "2029-09-22");
  EXPECT_EQ(visit.duration().seconds(), 2700);
  EXPECT_EQ(visit.appointment(), 0);
  EXPECT_FALSE(visit.has_start_time());
  EXPECT_FALSE(visit.has_state_time());
  EXPECT_EQ(listed.visits(1).name(),
            "clinics/box/enrollments/ana/visits/month-9");  // By target, not as in the pathway.
}

// `ana/month-6`, from pages of that size.
std::vector<std::string> Pages(const std::function<v1::ListVisitsResponse(const std::string&)>& read) {
  std::vector<std::string> names;
  std::string token;
  do {
    const v1::ListVisitsResponse page = read(token);
    for (const v1::Visit& visit : page.visits()) {
      const std::vector<std::string> parts = absl::StrSplit(visit.name(), '/');
      names.push_back(parts[3] + "/" + parts[5]);
    }
    token = page.next_page_token();
  } while (!token.empty());
  return names;
}

TEST_F(VisitsTest, VisitsOfAllRunningEnrollmentsAreListedPageByPage) {
  world_.Enrol("box", "ben", KneePatient("box", "p-2"));
  world_.Enrol("box", "cai", KneePatient("box", "p-3"));
  world_.Enrol("box", "dee", KneePatient("box", "p-4"));
  ASSERT_TRUE(world_.End("clinics/box/enrollments/ben").ok());
  v1::PauseEnrollmentRequest pause;
  pause.set_name("clinics/box/enrollments/cai");
  Good(world_.Call(&Engine::enrollments, &Enrollments::Pause, pause));
  for (const int size : {1, 2, 3, 6, 100}) {
    EXPECT_THAT(Pages([&](const std::string& token) { return Good(TryList(kAll, size, token)); }),
                ElementsAre("ana/month-6", "ana/month-9", "cai/month-6", "cai/month-9", "dee/month-6", "dee/month-9"));
  }
  EXPECT_THAT(Pages([&](const std::string& token) { return Good(TryList(ana_, 1, token)); }),
              ElementsAre("ana/month-6", "ana/month-9"));
  // Those of one that has ended are listed when it is asked for by name.
  EXPECT_EQ(Good(TryList("clinics/box/enrollments/ben")).visits_size(), 2);
}

TEST_F(VisitsTest, VisitsAreSelectedByState) {
  world_.Enrol("box", "ben", KneePatient("box", "p-2"));
  Book("2029-09-03T14:30");
  const auto in = [&](const std::vector<v1::VisitState>& states) {
    return Pages([&](const std::string& token) { return Good(TryList(kAll, 1, token, states)); });
  };
  EXPECT_THAT(in({v1::VISIT_STATE_BOOKED}), ElementsAre("ana/month-6"));
  EXPECT_THAT(in({v1::VISIT_STATE_UNBOOKED}), ElementsAre("ana/month-9", "ben/month-6", "ben/month-9"));
  EXPECT_THAT(in({v1::VISIT_STATE_UNBOOKED, v1::VISIT_STATE_BOOKED}).size(), 4u);
  EXPECT_THAT(in({v1::VISIT_STATE_MISSED}), IsEmpty());
}

TEST_F(VisitsTest, BadListsAreRefused) {
  for (const char* parent : {"", "clinics/box", "clinics/box/enrollments", "clinics/box/enrollments/A",
                             "clinics/-/enrollments/-", "clinics/box/enrollments/ana/visits/month-6"}) {
    EXPECT_THAT(BadFields(TryList(parent).status()), ElementsAre("parent")) << parent;
  }
  EXPECT_EQ(ErrorOf(TryList("clinics/none/enrollments/-").status()), "NOT_FOUND/CLINIC_NOT_FOUND");
  EXPECT_EQ(ErrorOf(TryList("clinics/box/enrollments/none").status()), "NOT_FOUND/ENROLLMENT_NOT_FOUND");
  EXPECT_THAT(
      BadFields(TryList("x", -1, "token", {v1::VISIT_STATE_UNSPECIFIED, static_cast<v1::VisitState>(9)}).status()),
      ElementsAre("parent", "states[0]", "states[1]", "page_size", "page_token"));
  // A token is good for the list it came from only.
  const std::string token = Good(TryList(kAll, 1)).next_page_token();
  EXPECT_THAT(BadFields(TryList(ana_, 1, token).status()), ElementsAre("page_token"));
  EXPECT_THAT(BadFields(TryList(kAll, 1, token, {v1::VISIT_STATE_BOOKED}).status()), ElementsAre("page_token"));
  const Caller stranger{.principal = "stranger", .role = Role::kClinic, .clinics = {"north"}};
  v1::ListVisitsRequest request;
  request.set_parent(ana_);
  EXPECT_EQ(ErrorOf(world_.Call(&Engine::visits, &Visits::List, request, stranger).status()),
            "PERMISSION_DENIED/CLINIC_NOT_YOURS");
}

TEST_F(VisitsTest, ABookingNamesEveryBadField) {
  v1::ScheduleVisitRequest request;
  request.set_name("clinics/box/enrollments/ana/visits/6");
  request.set_request_id("not an id");
  EXPECT_THAT(BadFields(Schedule(request).status()), ElementsAre("name", "start_time", "request_id"));
  for (const char* bad : {"2029-09-03", "2029-09-03 14:30", "2029-09-03T14:30:00", "2029-02-29T10:00",
                          "2029-09-03T24:00", "2200-01-01T10:00", "tomorrow", ""}) {
    EXPECT_THAT(BadFields(Schedule(Booking(bad)).status()), ElementsAre("start_local_time")) << bad;
  }
  request = Booking("");
  for (const auto& [seconds, nanos] : std::vector<std::pair<int64_t, int>>{
           {-60, 0}, {1'900'000'001, 0}, {1'900'000'020, 1}, {7'258'118'400, 0}, {int64_t{1} << 62, 0}}) {
    request.mutable_start_time()->set_seconds(seconds);
    request.mutable_start_time()->set_nanos(nanos);
    EXPECT_THAT(BadFields(Schedule(request).status()), ElementsAre("start_time")) << seconds;
  }
}

TEST_F(VisitsTest, WhatDoesNotExistIsNotFound) {
  EXPECT_EQ(ErrorOf(Schedule(Booking("2029-09-03T14:30", "clinics/none/enrollments/ana/visits/month-6")).status()),
            "NOT_FOUND/CLINIC_NOT_FOUND");
  EXPECT_EQ(ErrorOf(Schedule(Booking("2029-09-03T14:30", "clinics/box/enrollments/none/visits/month-6")).status()),
            "NOT_FOUND/ENROLLMENT_NOT_FOUND");
  const absl::Status unknown =
      Schedule(Booking("2029-09-03T14:30", "clinics/box/enrollments/ana/visits/month-12")).status();
  EXPECT_EQ(ErrorOf(unknown), "NOT_FOUND/VISIT_NOT_FOUND");
  EXPECT_EQ(unknown.message(), "clinics/box/enrollments/ana/visits/month-12 does not exist");
  EXPECT_EQ(ErrorOf(TryRecord(v1::VISIT_STATE_MISSED, "clinics/box/enrollments/ana/visits/month-12").status()),
            "NOT_FOUND/VISIT_NOT_FOUND");
}

TEST_F(VisitsTest, ABookingOutsideTheWindowIsRefusedWithTheWindowUnlessItIsAllowed) {
  for (const char* start : {"2029-08-24T23:59", "2029-09-23T00:00"}) {
    const absl::Status refused = Schedule(Booking(start)).status();
    EXPECT_EQ(ErrorOf(refused), "FAILED_PRECONDITION/OUTSIDE_VISIT_WINDOW");
    EXPECT_THAT(std::string(refused.message()), HasSubstr("2029-08-25 to 2029-09-22"));
  }
  EXPECT_EQ(Visit().state(), v1::VISIT_STATE_UNBOOKED);
  Book("2029-08-25T00:00");
  Book("2029-09-22T23:59");
  v1::ScheduleVisitRequest request = Booking("2029-10-05T10:00");
  request.set_allow_outside_window(true);
  EXPECT_EQ(plan::ToTime(Good(Schedule(request)).visit().start_time()), At("2029-10-05T10:00"));
}

TEST_F(VisitsTest, ABookingOnAClosedDayIsRefusedWithTheDayUnlessItIsAllowed) {
  v1::UpdateClinicRequest update;
  *update.mutable_clinic() = FromText<v1::Clinic>(R"pb(
    name: "clinics/box" closed_weekdays: [ WEEKDAY_SATURDAY, WEEKDAY_SUNDAY ]
    holidays { date: "2029-09-03" display_name: "Labor Day" }
  )pb");
  Good(world_.Call(&Engine::clinics, &Clinics::Update, update));
  EXPECT_EQ(Visit().target_date(), "2029-09-04");  // 1 September is a Saturday.
  EXPECT_EQ(Visit().window_first_date(), "2029-08-28");
  EXPECT_EQ(Of("book.2029-08-07"), "SCHEDULED 2029-08-07T10:00");
  const absl::Status holiday = Schedule(Booking("2029-09-03T14:30")).status();
  EXPECT_EQ(ErrorOf(holiday), "FAILED_PRECONDITION/CLINIC_CLOSED");
  EXPECT_EQ(holiday.message(), "clinics/box is closed on 2029-09-03 (Labor Day)");
  EXPECT_EQ(Schedule(Booking("2029-09-08T14:30")).status().message(), "clinics/box is closed on 2029-09-08");
  v1::ScheduleVisitRequest request = Booking("2029-09-08T14:30");
  request.set_validate_only(true);
  EXPECT_EQ(ErrorOf(Schedule(request).status()), "FAILED_PRECONDITION/CLINIC_CLOSED");
  request.set_validate_only(false);
  request.set_allow_closed_day(true);
  EXPECT_EQ(Good(Schedule(request)).visit().state(), v1::VISIT_STATE_BOOKED);
}

TEST_F(VisitsTest, OnlyWhatWasBookedHasAnOutcome) {
  EXPECT_EQ(ErrorOf(TryRecord(v1::VISIT_STATE_ATTENDED).status()), "FAILED_PRECONDITION/VISIT_NOT_BOOKED");
  EXPECT_EQ(ErrorOf(TryRecord(v1::VISIT_STATE_MISSED).status()), "FAILED_PRECONDITION/VISIT_NOT_BOOKED");
  for (const auto outcome : {v1::VISIT_STATE_UNSPECIFIED, v1::VISIT_STATE_UNBOOKED, v1::VISIT_STATE_BOOKED,
                             static_cast<v1::VisitState>(9)}) {
    EXPECT_THAT(BadFields(TryRecord(outcome).status()), ElementsAre("outcome"));
  }
  v1::RecordVisitOutcomeRequest request;
  request.set_request_id("?");
  EXPECT_THAT(BadFields(world_.Call(&Engine::visits, &Visits::RecordOutcome, request).status()),
              ElementsAre("name", "outcome", "request_id"));
}

TEST_F(VisitsTest, NobodyHasMissedAnAppointmentBeforeItsTime) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T14:29");
  const absl::Status early = TryRecord(v1::VISIT_STATE_MISSED).status();
  EXPECT_EQ(ErrorOf(early), "FAILED_PRECONDITION/VISIT_STILL_TO_COME");
  EXPECT_THAT(std::string(early.message()), HasSubstr("2029-09-03T14:30"));
  AdvanceTo("2029-09-03T14:30");
  EXPECT_TRUE(TryRecord(v1::VISIT_STATE_MISSED).ok());
}

TEST_F(VisitsTest, WhatWasAttendedIsNotBookedAgain) {
  Book("2029-09-03T14:30");
  AdvanceTo("2029-09-03T15:00");
  Record(v1::VISIT_STATE_ATTENDED);
  EXPECT_EQ(ErrorOf(Schedule(Booking("2029-09-10T14:30")).status()), "FAILED_PRECONDITION/VISIT_ATTENDED");
  Record(v1::VISIT_STATE_MISSED);  // That was a mistake.
  EXPECT_EQ(Book("2029-09-10T14:30").visit().appointment(), 2);
}

TEST_F(VisitsTest, WhenTheEnrollmentHasEndedItsVisitsAreNotChanged) {
  Book("2029-09-03T14:30");
  ASSERT_TRUE(world_.End(ana_).ok());
  EXPECT_EQ(ErrorOf(Schedule(Booking("2029-09-10T14:30")).status()), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
  EXPECT_EQ(ErrorOf(TryRecord(v1::VISIT_STATE_ATTENDED).status()), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
}

TEST_F(VisitsTest, ThereAreTwentyAppointmentsAtMost) {
  for (int i = 1; i <= plan::kMaxAppointments; ++i) {
    EXPECT_EQ(Book("2029-09-03T14:30").visit().appointment(), i);
    Record(v1::VISIT_STATE_CANCELLED);
  }
  EXPECT_EQ(ErrorOf(Schedule(Booking("2029-09-03T14:30")).status()), "FAILED_PRECONDITION/TOO_MANY_APPOINTMENTS");
}

TEST_F(VisitsTest, ARequestIsDoneOnce) {
  v1::ScheduleVisitRequest request = Booking("2029-09-03T14:30");
  request.set_request_id("once");
  const v1::ScheduleVisitResponse first = Good(Schedule(request));
  Record(v1::VISIT_STATE_CANCELLED);
  EXPECT_EQ(Good(Schedule(request)).DebugString(), first.DebugString());
  EXPECT_EQ(Visit().state(), v1::VISIT_STATE_CANCELLED);
  request.set_start_local_time("2029-09-04T14:30");
  EXPECT_EQ(ErrorOf(Schedule(request).status()), "ALREADY_EXISTS/REQUEST_ID_REUSED");
}

TEST_F(VisitsTest, AListOfAllHasThoseOfEndedEnrollmentsIfTheyAreAskedFor) {
  world_.Enrol("box", "ben", KneePatient("box", "p-2"));
  Book("2029-09-03T14:30");
  ASSERT_TRUE(world_.End(ana_).ok());
  const auto pages = [&](const std::vector<v1::VisitState>& states) {
    v1::ListVisitsRequest request;
    request.set_parent(kAll);
    request.set_show_ended(true);
    request.set_page_size(1);
    for (const v1::VisitState state : states) request.add_states(state);
    return Pages([&](const std::string& token) {
      request.set_page_token(token);
      return Good(world_.Call(&Engine::visits, &Visits::List, request));
    });
  };
  EXPECT_THAT(pages({}), ElementsAre("ana/month-6", "ana/month-9", "ben/month-6", "ben/month-9"));
  EXPECT_THAT(pages({v1::VISIT_STATE_CANCELLED}), ElementsAre("ana/month-6"));
  EXPECT_THAT(pages({v1::VISIT_STATE_BOOKED}), IsEmpty());
  EXPECT_THAT(Pages([&](const std::string& token) { return Good(TryList(kAll, 1, token)); }),
              ElementsAre("ben/month-6", "ben/month-9"));
  // A token is good for a list with the same show_ended only.
  const std::string token = Good(TryList(kAll, 1)).next_page_token();
  v1::ListVisitsRequest request;
  request.set_parent(kAll);
  request.set_show_ended(true);
  request.set_page_token(token);
  EXPECT_THAT(BadFields(world_.Call(&Engine::visits, &Visits::List, request).status()), ElementsAre("page_token"));
}

TEST_F(VisitsTest, AReminderCannotBeMovedPastTheAppointment) {
  Book("2029-09-03T14:30");
  v1::MoveReminderRequest move;
  move.set_name(ana_ + "/reminders/remind.2029-09-03");
  move.set_due_local_time("2029-09-03T14:30");
  EXPECT_THAT(BadFields(world_.Call(&Engine::reminders, &Reminders::Move, move).status()),
              ElementsAre("due_local_time"));
  move.set_due_local_time("2029-09-03T12:00");
  const v1::Reminder moved = Good(world_.Call(&Engine::reminders, &Reminders::Move, move)).reminder();
  EXPECT_EQ(plan::ToTime(moved.expire_time()), At("2029-09-03T14:30"));
  // What the clinic moved was about that start. Another start is told at the plan's time, and the difference says so.
  const v1::ScheduleVisitResponse rebooked = Book("2029-09-03T13:00");
  EXPECT_EQ(rebooked.diff().not_moved_by_hand_count(), 1);
  EXPECT_EQ(Of("remind.2029-09-03"), "CANCELLED/VISIT_CHANGED 2029-09-03T12:00");
  EXPECT_EQ(Of("remind.2029-09-03~2"), "SCHEDULED 2029-09-03T08:00");
  EXPECT_EQ(plan::ToTime(Good(world_.Get(ana_ + "/reminders/remind.2029-09-03~2")).expire_time()),
            At("2029-09-03T13:00"));
}

}  // namespace
}  // namespace aftercare::engine
