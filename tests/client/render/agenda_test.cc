#include "services/client/render/agenda.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client/testing.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

TEST(AgendaTest, EachPhaseListsItsRemindersAndATextOnce) {
  TimelineMaker maker;
  maker.Phase("first", "First days", "2026-03-03", "2026-03-05")
      .Phase("none", "Nothing here", "2026-03-06", "2026-03-07");
  maker.Add("ice.2026-03-03", "first", "ice", absl::CivilMinute(2026, 3, 3, 8, 0));
  maker.Add("call.2026-03-03", "first", "visit", absl::CivilMinute(2026, 3, 3, 9, 0), v1::REMINDER_STATE_SCHEDULED,
            v1::AUDIENCE_CARE_TEAM);
  maker.Add("ice.2026-03-04", "first", "ice", absl::CivilMinute(2026, 3, 4, 8, 0));
  EXPECT_EQ(RenderAgenda(maker.timeline, 90, false),
            "2 messages and 1 task for the care team. Times are those of UTC;\n"
            "where they stand is as of 2026-03-12 10:00.\n"
            "\n"
            "First days  Tue 3 Mar 2026 to Thu 5 Mar 2026, days 1 to 3\n"
            "     1 Tue  3 Mar  08:00 until 10:00            ice.2026-03-03\n"
            "       Text of ice.\n"
            "     1 Tue  3 Mar  09:00 until 11:00            call.2026-03-03  task for the care team\n"
            "       Text of call.\n"
            "     2 Wed  4 Mar  08:00 until 10:00            ice.2026-03-04\n"
            "\n"
            "Nothing here  Fri 6 Mar 2026 to Sat 7 Mar 2026, days 4 to 5\n"
            "  Nothing for this patient.\n");
}

TEST(AgendaTest, ATextThatChangesIsShownAgain) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-05");
  maker.Add("day.2026-03-03", "p", "c", absl::CivilMinute(2026, 3, 3, 8, 0)).set_text("Day 1.");
  maker.Add("day.2026-03-04", "p", "c", absl::CivilMinute(2026, 3, 4, 8, 0)).set_text("Day 2.");
  EXPECT_THAT(RenderAgenda(maker.timeline, 90, false), HasSubstr("       Day 2.\n"));
}

TEST(AgendaTest, AWindowUntilMidnightEndsTheDayBefore) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-05");
  const auto until = [&](const char* id, absl::CivilMinute end) {
    v1::Reminder& reminder = maker.Add(id, "p", "c", absl::CivilMinute(2026, 3, 3, 8, 0));
    plan::SetTimestamp(absl::FromCivil(end, absl::UTCTimeZone()), reminder.mutable_expire_time());
  };
  until("day.2026-03-03", absl::CivilMinute(2026, 3, 4, 0, 0));
  until("days.2026-03-03", absl::CivilMinute(2026, 3, 6, 0, 0));
  until("hours.2026-03-03", absl::CivilMinute(2026, 3, 5, 9, 30));
  const std::string agenda = RenderAgenda(maker.timeline, 90, false);
  EXPECT_THAT(agenda, HasSubstr("until 24:00            day.2026-03-03\n"));
  EXPECT_THAT(agenda, HasSubstr("until Thu  5 Mar       days.2026-03-03\n"));
  EXPECT_THAT(agenda, HasSubstr("until Thu  5 Mar 09:30 hours.2026-03-03\n"));
}

TEST(AgendaTest, WhatIsNotAsPlannedIsSaidWithItsReason) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-05");
  maker.Add("ice.2026-03-03", "p", "ice", absl::CivilMinute(2026, 3, 3, 8, 0), v1::REMINDER_STATE_EXPIRED)
      .set_reason(v1::REMINDER_REASON_LATE_ENROLLMENT);
  EXPECT_THAT(RenderAgenda(maker.timeline, 90, false), HasSubstr("ice.2026-03-03  expired (late-enrollment)\n"));
}

TEST(AgendaTest, ANoteThatDoesNotFitHasALineOfItsOwn) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-05");
  maker.Add("check-booked.2026-03-03", "p", "visit", absl::CivilMinute(2026, 3, 3, 9, 0),
            v1::REMINDER_STATE_SCHEDULED, v1::AUDIENCE_CARE_TEAM);
  EXPECT_THAT(RenderAgenda(maker.timeline, 80, false),
              HasSubstr("check-booked.2026-03-03\n       task for the care team\n"));
  EXPECT_THAT(RenderAgenda(maker.timeline, 100, false), HasSubstr("check-booked.2026-03-03  task for the care team\n"));
}

TEST(AgendaTest, AnUrgentTaskSaysSo) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-05");
  v1::Reminder& task = maker.Add("call.2026-03-03", "p", "visit", absl::CivilMinute(2026, 3, 3, 9, 0),
                                 v1::REMINDER_STATE_SCHEDULED, v1::AUDIENCE_CARE_TEAM);
  task.set_urgency(v1::URGENCY_ROUTINE);
  EXPECT_THAT(RenderAgenda(maker.timeline, 100, false), HasSubstr("call.2026-03-03  task for the care team\n"));
  task.set_urgency(v1::URGENCY_EMERGENCY);
  EXPECT_THAT(RenderAgenda(maker.timeline, 100, false), HasSubstr("  emergency task for the care team\n"));
}

TEST(AgendaTest, LinesFit) {
  const v1::GetTimelineResponse timeline = WholeYear();
  for (const int width : {80, 100, 160}) ExpectFits(RenderAgenda(timeline, width, false), width);
}

TEST(AgendaTest, AScheduledReminderThatIsHeldSaysSo) {
  TimelineMaker maker;
  maker.Phase("p", "P", "2026-03-03", "2026-03-20");
  maker.Add("ice.2026-03-13", "p", "c", absl::CivilMinute(2026, 3, 13, 9, 0)).set_reason(v1::REMINDER_REASON_HELD);
  EXPECT_THAT(RenderAgenda(maker.timeline, 90, false), HasSubstr("ice.2026-03-13  scheduled (held)\n"));
}

}  // namespace
}  // namespace aftercare::client
