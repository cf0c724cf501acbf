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

TEST(ListsTest, ATaskIsForTheCareTeam) {
  TimelineMaker maker;
  maker.Add("book.2026-03-03", "p", "visit", absl::CivilMinute(2026, 3, 3, 8, 0), v1::REMINDER_STATE_DUE,
            v1::AUDIENCE_CARE_TEAM);
  EXPECT_THAT(RenderReminders(RemindersOf(maker), {}), HasSubstr("  care-team  "));
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

TEST(ListsTest, AnEventIsALine) {
  v1::Event event;
  event.set_type(v1::EVENT_TYPE_REMINDER_CHANGED);
  event.set_patient("P-17");
  event.mutable_event_time()->set_seconds(1772524800);
  event.mutable_reminder()->set_name("clinics/demo/enrollments/ana/reminders/ice-am.2026-03-03");
  event.mutable_reminder()->set_phase("first");
  event.mutable_reminder()->set_state(v1::REMINDER_STATE_FAILED);
  event.mutable_reminder()->set_reason(v1::REMINDER_REASON_REJECTED_BY_CHANNEL);
  EXPECT_EQ(RenderEvent(event, {}),
            "2026-03-03 08:00  reminder  failed     ana/ice-am.2026-03-03  rejected-by-channel  P-17 first\n");
  v1::Event ended;
  ended.set_type(v1::EVENT_TYPE_ENROLLMENT_ENDED);
  ended.set_enrollment("clinics/demo/enrollments/ana");
  ended.set_patient("P-17");
  ended.set_end_reason(v1::END_REASON_WITHDRAWN);
  ended.mutable_event_time()->set_seconds(1772524800);
  EXPECT_EQ(RenderEvent(ended, {}), "2026-03-03 08:00  patient   ended      ana  withdrawn  P-17\n");
  ended.set_type(v1::EVENT_TYPE_ENROLLMENT_UPDATED);
  EXPECT_EQ(RenderEvent(ended, {}), "2026-03-03 08:00  patient   updated    ana  withdrawn  P-17\n");
}

TEST(ListsTest, AReplyAndADecisionOfAPatientAreOneLineEach) {
  v1::Event reply;
  reply.set_type(v1::EVENT_TYPE_REPLY_RECEIVED);
  reply.set_enrollment("clinics/demo/enrollments/ana");
  reply.set_patient("P-17");
  reply.mutable_event_time()->set_seconds(1772524800);
  reply.mutable_reply()->set_meaning(v1::REPLY_MEANING_OTHER);
  reply.mutable_reply()->set_channel(v1::CHANNEL_SMS);
  EXPECT_EQ(RenderEvent(reply, {}), "2026-03-03 08:00  reply     other      ana  by sms  P-17\n");
  reply.mutable_reply()->set_meaning(v1::REPLY_MEANING_ANSWER);
  reply.mutable_reply()->set_reminder("clinics/demo/enrollments/ana/reminders/pain.2026-03-03");
  reply.mutable_reply()->set_score(0);
  EXPECT_EQ(RenderEvent(reply, {}),
            "2026-03-03 08:00  reply     answer     ana/pain.2026-03-03  score 0  by sms  P-17\n");
  v1::Event consent;
  consent.set_type(v1::EVENT_TYPE_CONSENT_CHANGED);
  consent.set_patient("P-17");
  consent.mutable_event_time()->set_seconds(1772524800);
  consent.mutable_consent()->set_channel(v1::CHANNEL_EMAIL);
  consent.mutable_consent()->set_consent(v1::CONSENT_REFUSED);
  EXPECT_EQ(RenderEvent(consent, {}), "2026-03-03 08:00  consent   refused    email  P-17\n");
}

TEST(ListsTest, AChangeOfTheClinicItsClockOrAPathwayIsOneLine) {
  v1::Event event;
  event.mutable_event_time()->set_seconds(1772524800);
  event.set_type(v1::EVENT_TYPE_CLINIC_UPDATED);
  event.mutable_clinic()->set_name("clinics/demo");
  event.mutable_clinic()->set_etag("v7");
  EXPECT_EQ(RenderEvent(event, {}), "2026-03-03 08:00  clinic    updated    demo\n");
  event.set_type(v1::EVENT_TYPE_CLINIC_CLOCK_MOVED);
  EXPECT_EQ(RenderEvent(event, {}), "2026-03-03 08:00  clinic    clock      demo\n");
  event.clear_clinic();
  event.set_type(v1::EVENT_TYPE_PATHWAY_REVISED);
  event.mutable_pathway()->set_name("clinics/demo/pathways/knee");
  event.mutable_pathway()->set_revision(2);
  EXPECT_EQ(RenderEvent(event, {}), "2026-03-03 08:00  pathway   revised    knee r2\n");
}

TEST(ListsTest, AMessageThatArrivedIsShownAsDelivered) {
  v1::Event event;
  event.set_type(v1::EVENT_TYPE_REMINDER_CHANGED);
  event.set_patient("P-17");
  event.mutable_event_time()->set_seconds(1772524800);
  event.mutable_reminder()->set_name("clinics/demo/enrollments/ana/reminders/ice-am.2026-03-03");
  event.mutable_reminder()->set_phase("first");
  event.mutable_reminder()->set_state(v1::REMINDER_STATE_DELIVERED);
  EXPECT_EQ(RenderEvent(event, {}), "2026-03-03 08:00  reminder  delivered  ana/ice-am.2026-03-03  P-17 first\n");
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

}  // namespace
}  // namespace aftercare::client
