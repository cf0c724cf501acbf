#include "services/client/render/lists.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/common/terminal.h"
#include "tests/client/testing.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<v1::Reminder> RemindersOf(const TimelineMaker& maker) {
  return {maker.timeline.reminders().begin(), maker.timeline.reminders().end()};
}

TEST(ListsTest, AReminderIsALineWithItsStateReasonAndText) {
  TimelineMaker maker;
  v1::Reminder& reminder =
      maker.Add("ice-am.2026-03-03", "p", "ice", absl::CivilMinute(2026, 3, 3, 8, 0), v1::REMINDER_STATE_EXPIRED);
  reminder.set_reason(v1::REMINDER_REASON_WINDOW_CLOSED);
  reminder.set_channel(v1::CHANNEL_EMAIL);
  EXPECT_EQ(RenderReminders(RemindersOf(maker), {}),
            "DUE (UTC)         STATE                    REMINDER               PATIENT  CATEGORY  BY     TEXT\n"
            "2026-03-03 08:00  expired (window-closed)  ana/ice-am.2026-03-03  P-17     ice       email  "
            "Text of ice-am.\n");
}

TEST(ListsTest, AReminderShowsItsAnswerAndWhetherItIsHeld) {
  TimelineMaker maker;
  v1::Reminder& answered =
      maker.Add("walk.2026-03-03", "p", "c", absl::CivilMinute(2026, 3, 3, 8, 0), v1::REMINDER_STATE_COMPLETED);
  answered.set_reason(v1::REMINDER_REASON_ANSWERED);
  answered.set_done(false);
  maker.Add("walk.2026-03-04", "p", "c", absl::CivilMinute(2026, 3, 4, 8, 0), v1::REMINDER_STATE_DUE)
      .set_reason(v1::REMINDER_REASON_HELD);
  maker.Add("walk.2026-03-05", "p", "c", absl::CivilMinute(2026, 3, 5, 8, 0), v1::REMINDER_STATE_SUPPRESSED)
      .set_reason(v1::REMINDER_REASON_QUESTION_NOT_SENT);
  const std::string list = RenderReminders(RemindersOf(maker), {});
  EXPECT_THAT(list, HasSubstr("  completed (answered not done)  "));
  EXPECT_THAT(list, HasSubstr("  due (held)  "));
  EXPECT_THAT(list, HasSubstr("  suppressed (question-not-sent)  "));
}

TEST(ListsTest, ATaskIsForTheCareTeam) {
  TimelineMaker maker;
  maker.Add("book.2026-03-03", "p", "visit", absl::CivilMinute(2026, 3, 3, 8, 0), v1::REMINDER_STATE_DUE,
            v1::AUDIENCE_CARE_TEAM);
  EXPECT_THAT(RenderReminders(RemindersOf(maker), {}), HasSubstr("  care-team  "));
}

TEST(ListsTest, ATaskShowsItsStepAndWhetherItIsAcknowledged) {
  TimelineMaker maker;
  v1::Reminder& task = maker.Add("call.2026-03-03", "p", "visit", absl::CivilMinute(2026, 3, 3, 8, 0),
                                 v1::REMINDER_STATE_DUE, v1::AUDIENCE_CARE_TEAM);
  task.mutable_acknowledge_time()->set_seconds(1772524800);
  EXPECT_THAT(RenderReminders(RemindersOf(maker), {}), HasSubstr("  due (acknowledged)  "));
  task.set_escalation_step(2);
  task.set_state(v1::REMINDER_STATE_CANCELLED);
  task.set_reason(v1::REMINDER_REASON_ENROLLMENT_ENDED);
  EXPECT_THAT(RenderReminders(RemindersOf(maker), {}),
              HasSubstr("  cancelled (enrollment-ended, step 2, acknowledged)  "));
}

TEST(ListsTest, ListsFitTheTerminal) {
  TimelineMaker maker;
  maker.Add("ice-am.2026-03-03", "p", "ice", absl::CivilMinute(2026, 3, 3, 8, 0)).set_text(std::string(300, 'x'));
  for (const int width : {40, 80, 100, 160}) {
    ListStyle style;
    style.width = width;
    ExpectFits(RenderReminders(RemindersOf(maker), style), width);
  }
}

v1::Visit BookedVisit() {
  v1::Visit visit;
  visit.set_name("clinics/demo/enrollments/ana/visits/month-6");
  visit.set_patient("P-17");
  visit.set_display_name("6-month visit");
  visit.set_state(v1::VISIT_STATE_BOOKED);
  visit.set_target_date("2026-09-02");
  visit.set_window_first_date("2026-08-26");
  visit.set_window_last_date("2026-09-23");
  plan::SetTimestamp(absl::FromCivil(absl::CivilMinute(2026, 9, 3, 14, 30), absl::UTCTimeZone()),
                     visit.mutable_start_time());
  visit.set_start_local_time("2026-09-03T10:30");
  visit.set_time_zone("America/New_York");
  visit.set_appointment(2);
  return visit;
}

TEST(ListsTest, AVisitIsALineWithItsTimeAtTheClinicItsTargetAndWindow) {
  v1::Visit unbooked = BookedVisit();
  unbooked.set_state(v1::VISIT_STATE_UNBOOKED);
  unbooked.clear_start_time();
  unbooked.clear_start_local_time();
  EXPECT_EQ(RenderVisits({BookedVisit(), unbooked}, {}),
            "VISIT        PATIENT  STATE     BEGINS (America/New_York)  TARGET      WINDOW                    NAME\n"
            "ana/month-6  P-17     booked    2026-09-03 10:30           2026-09-02  2026-08-26 to 2026-09-23  "
            "6-month visit\n"
            "ana/month-6  P-17     unbooked                             2026-09-02  2026-08-26 to 2026-09-23  "
            "6-month visit\n");
}

TEST(ListsTest, OneVisitIsAFieldALine) {
  EXPECT_EQ(RenderVisit(BookedVisit()),
            "visit            clinics/demo/enrollments/ana/visits/month-6\n"
            "name             6-month visit\n"
            "patient          P-17\n"
            "state            booked\n"
            "begins           2026-09-03 10:30 (America/New_York)\n"
            "appointment      2\n"
            "target           2026-09-02\n"
            "window           2026-08-26 to 2026-09-23\n");
}

TEST(ListsTest, CountsAreATableOfPhasesByStatesWithSums) {
  v1::CountRemindersResponse counts;
  const auto add = [&](const char* phase, v1::ReminderState state, int64_t count) {
    v1::ReminderCount* cell = counts.add_counts();
    cell->set_phase(phase);
    cell->set_state(state);
    cell->set_count(count);
  };
  add("b-first", v1::REMINDER_STATE_DUE, 2);
  add("b-first", v1::REMINDER_STATE_SENT, 1200);
  add("a-later", v1::REMINDER_STATE_SENT, 3);
  counts.set_total_count(1205);
  EXPECT_EQ(RenderCounts(counts, {}),
            "PHASE    due   sent    all\n"
            "b-first    2  1,200  1,202\n"
            "a-later           3      3\n"
            "all        2  1,203  1,205\n");
}

TEST(ListsTest, ALeaseSaysWhereToAndWhat) {
  v1::Lease lease;
  lease.set_reminder("clinics/demo/enrollments/ana/reminders/ice-am.2026-03-03");
  lease.mutable_contact_point()->set_channel(v1::CHANNEL_SMS);
  lease.mutable_contact_point()->set_address("+15550100");
  lease.set_text("Ice on the knee, please.");
  lease.set_attempt(1);
  lease.mutable_due_time()->set_seconds(1772524800);
  EXPECT_EQ(RenderLease(lease, {}),
            "sms to +15550100  ana/ice-am.2026-03-03  due 2026-03-03 08:00\n    Ice on the knee, please.\n");
  lease.set_attempt(2);
  EXPECT_THAT(RenderLease(lease, {}), HasSubstr("  attempt 2\n"));
}

TEST(ListsTest, AnEnrollmentShowsEveryFieldThatIsSet) {
  v1::Enrollment enrollment;
  enrollment.set_name("clinics/demo/enrollments/ana");
  enrollment.set_patient("P-17");
  (*enrollment.mutable_factors())["smoker"] = "false";
  (*enrollment.mutable_factors())["severity"] = "severe";
  enrollment.set_state(v1::ENROLLMENT_STATE_ENDED);
  enrollment.set_end_reason(v1::END_REASON_WITHDRAWN);
  const std::string shown = RenderEnrollment(enrollment);
  EXPECT_THAT(shown, HasSubstr("factors          severity=severe smoker=false\n"));
  EXPECT_THAT(shown, HasSubstr("state            ended (withdrawn)\n"));
  EXPECT_THAT(shown, Not(HasSubstr("locale")));
}

TEST(ListsTest, StoppedAndHeldAddressesAreShownWithTheEnrollment) {
  v1::Enrollment enrollment;
  enrollment.set_name("clinics/demo/enrollments/ana");
  const auto add = [&](v1::Channel channel, const char* address, v1::ContactPointState state) {
    v1::ContactPoint* point = enrollment.add_contact_points();
    point->set_channel(channel);
    point->set_address(address);
    point->set_state(state);
  };
  add(v1::CHANNEL_SMS, "+15550100", v1::CONTACT_POINT_STATE_STOPPED);
  add(v1::CHANNEL_EMAIL, "ana@example.org", v1::CONTACT_POINT_STATE_UNSPECIFIED);
  EXPECT_THAT(RenderEnrollment(enrollment),
              HasSubstr("sms              +15550100 (stopped)\nemail            ana@example.org\n"));
  v1::Enrollment other;
  EXPECT_THAT(RenderEnrollments({other}, {}), Not(HasSubstr("NOT WRITTEN TO")));
  add(v1::CHANNEL_SMS, "+15550101", v1::CONTACT_POINT_STATE_HELD);
  const std::string list = RenderEnrollments({other, enrollment}, {});
  EXPECT_THAT(list, HasSubstr("NOT WRITTEN TO"));
  EXPECT_THAT(list, HasSubstr("  sms stopped, sms held"));
}

}  // namespace
}  // namespace aftercare::client
