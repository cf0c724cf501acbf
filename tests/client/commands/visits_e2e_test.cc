// Follow-up visits from the command line, over a real server: from being asked to book to the calendar file.
#include <libical/ical.h>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class VisitsE2eTest : public ServerFixture {
 protected:
  // Moves the clock and sends what is due; answers the lines that name visits' reminders.
  std::vector<std::string> SentBy(const std::string& time) {
    Must({"clock", "advance", "--to", time});
    std::vector<std::string> sent;
    for (const std::string& line : LinesOf(Must({"deliver", "--once"}))) {
      const size_t at = line.find("ana/visit-");
      if (at != std::string::npos) sent.push_back(line.substr(at + 4, line.find(' ', at) - at - 4));
    }
    return sent;
  }
  std::string Tasks() { return Must({"due", "--audience", "care-team"}); }
};

// Ana's procedure was on 2 March 2026: month 6 is 2 September, its window 26 August to 23 September.
TEST_F(VisitsE2eTest, AVisitGoesFromAskedForToBookedToMissedToBookedAgain) {
  MakeSandbox();
  EXPECT_THAT(SentBy("2026-08-05T12:00"), ElementsAre("visit-6-book.2026-08-05"));
  EXPECT_EQ(Tasks(), "Nothing is due.\n");
  Must({"clock", "advance", "--to", "2026-08-23T12:00"});
  EXPECT_THAT(Tasks(), HasSubstr("ana/visit-6-check-booked.2026-08-23"));

  const std::string booked = Must({"visits", "schedule", "ana/month-6", "2026-09-03T14:30"});
  EXPECT_THAT(booked, HasSubstr("state            booked\nbegins           2026-09-03 14:30 (America/New_York)\n"));
  EXPECT_THAT(booked, HasSubstr("\n0 moved, 5 added, 4 dropped, 0 sent already\n"));
  EXPECT_EQ(Tasks(), "Nothing is due.\n");
  EXPECT_THAT(SentBy("2026-08-23T13:00"), ElementsAre("visit-6-booked.2025-09-02"));
  EXPECT_THAT(SentBy("2026-08-27T12:00"), ElementsAre("visit-6-week-before.2026-08-27"));
  EXPECT_THAT(SentBy("2026-09-02T12:00"), ElementsAre("visit-6-day-before.2026-09-02"));
  EXPECT_THAT(SentBy("2026-09-03T09:00"), ElementsAre("visit-6-morning.2026-09-03"));

  Must({"clock", "advance", "--to", "2026-09-03T15:30"});
  const ProcessResult checked = Aftercare({"visits", "outcome", "ana/month-6", "missed", "--dry-run"});
  EXPECT_THAT(checked.out, HasSubstr("\n0 moved, 3 added, 1 dropped, 0 sent already\n"));
  EXPECT_EQ(checked.err, "Checked only: nothing was changed.\n");
  EXPECT_EQ(Tasks(), "Nothing is due.\n");
  EXPECT_THAT(Must({"visits", "outcome", "ana/month-6", "missed"}),
              HasSubstr("\n0 moved, 3 added, 1 dropped, 0 sent already\n"));
  EXPECT_THAT(Tasks(), HasSubstr("Ana missed the 6-month follow-up visit on September 3."));
  EXPECT_THAT(SentBy("2026-09-03T16:00"), ElementsAre("visit-6-missed.2026-09-03"));

  EXPECT_THAT(Must({"visits", "schedule", "ana/month-6", "2026-09-16T09:00"}), HasSubstr("appointment      2\n"));
  EXPECT_EQ(Tasks(), "Nothing is due.\n");
  EXPECT_THAT(SentBy("2026-09-09T12:00"), ElementsAre("visit-6-booked.2025-09-15", "visit-6-week-before.2026-09-09"));
  EXPECT_THAT(Must({"visits", "schedule", "ana/month-6", "2026-09-18T09:00"}),
              HasSubstr("\n2 SENT AGAIN, 3 moved, 0 added, 0 dropped, 0 sent already\n"));
  EXPECT_THAT(SentBy("2026-09-11T12:00"), ElementsAre("visit-6-booked.2025-09-17", "visit-6-week-before.2026-09-11"));
  EXPECT_THAT(SentBy("2026-09-18T08:30"), ElementsAre("visit-6-morning.2026-09-18"));
  EXPECT_THAT(Must({"why", "ana/visit-6-day-before.2026-09-17"}),
              HasSubstr("before the appointment of visit month-6, by"));
  Must({"clock", "advance", "--to", "2026-09-18T10:00"});
  EXPECT_THAT(Must({"visits", "outcome", "ana/month-6", "attended"}), HasSubstr("state            attended\n"));
}

TEST_F(VisitsE2eTest, VisitsAreListed) {
  MakeSandbox();
  Must({"visits", "schedule", "ana/month-6", "2026-09-03T18:30:00Z"});
  const std::vector<std::string> lines = LinesOf(Must({"visits", "list"}));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[0], HasSubstr("BEGINS (America/New_York)"));
  EXPECT_THAT(lines[1], HasSubstr("ana/month-6   P-17"));
  EXPECT_THAT(lines[1], HasSubstr("booked    2026-09-03 14:30"));
  EXPECT_THAT(lines[2], HasSubstr("2026-12-02  2026-11-25 to 2026-12-23  9-month follow-up visit"));
  EXPECT_EQ(LinesOf(Must({"visits", "list", "ana", "--state", "unbooked"})).size(), 3u);
  EXPECT_EQ(Must({"visits", "list", "--state", "missed"}), "No visits.\n");
  const auto objects = ObjectsOf(Must({"visits", "list", "ana", "--json"}));
  ASSERT_EQ(objects.size(), 3u);
  EXPECT_EQ(TextOf(objects[0], "startTime"), "2026-09-03T18:30:00Z");
  ExpectPlain(Must({"visits", "list"}), 1000);
}

TEST_F(VisitsE2eTest, BookedVisitsAreExportedToAFileThatACalendarOpens) {
  MakeSandbox();
  Must({"visits", "schedule", "ana/month-6", "2026-09-03T14:30"});
  Must({"visits", "schedule", "ana/month-9", "2026-12-03T14:30"});
  EXPECT_EQ(Must({"visits", "list", "--ics", Path("visits.ics")}),
            absl::StrCat("2 visits written to ", Path("visits.ics"), ".\n"));
  const std::string text = ReadFile(Path("visits.ics"));
  EXPECT_EQ(Must({"visits", "list", "--ics", "-"}), text);
  EXPECT_THAT(text, Not(HasSubstr("Ana")));
  icalcomponent* calendar = icalcomponent_new_from_string(text.c_str());
  ASSERT_NE(calendar, nullptr);
  EXPECT_EQ(icalcomponent_count_errors(calendar), 0);
  EXPECT_TRUE(icalrestriction_check(calendar));
  std::vector<std::string> events;
  for (icalcomponent* event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event != nullptr;
       event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
    const icaltimetype start = icalcomponent_get_dtstart(event);
    events.push_back(absl::StrCat(icalcomponent_get_uid(event), " ", icaltime_as_ical_string(start)));
  }
  icalcomponent_free(calendar);
  EXPECT_THAT(events, ElementsAre("ana.month-6@demo.aftercare 20260903T183000Z",
                                  "ana.month-9@demo.aftercare 20261203T193000Z"));
  EXPECT_EQ(Aftercare({"visits", "list", "--ics", Path("no/visits.ics")}).exit_code, 2);
  EXPECT_EQ(Aftercare({"visits", "list", "--ics", "-", "--json"}).exit_code, 2);
}

TEST_F(VisitsE2eTest, APatientElsewhereIsToldTheTimeAtTheClinic) {
  MakeSandbox();
  Must({"update", "ana", "--zone", "Europe/Madrid"});
  EXPECT_THAT(Must({"visits", "schedule", "ana/month-6", "2026-09-03T14:30"}),
              HasSubstr("begins           2026-09-03 14:30 (America/New_York)\n"));
  const std::string why = Must({"why", "ana/visit-6-week-before.2026-08-27"});
  EXPECT_THAT(why, HasSubstr("on September 3 at 2:30 PM, New York time."));
  EXPECT_THAT(why, HasSubstr("(America/New_York)"));
}

// A calendar that read the file before has to learn that the visits do not take place.
TEST_F(VisitsE2eTest, ALaterFileTellsOfVisitsThatWereCancelled) {
  MakeSandbox();
  Must({"visits", "schedule", "ana/month-6", "2026-09-03T14:30"});
  Must({"visits", "schedule", "ana/month-9", "2026-12-03T14:30"});
  EXPECT_THAT(Must({"visits", "list", "--ics", "-"}), Not(HasSubstr("STATUS:CANCELLED")));
  Must({"visits", "outcome", "ana/month-6", "cancelled"});
  const std::string one = Must({"visits", "list", "--ics", "-"});
  EXPECT_THAT(one, HasSubstr("UID:ana.month-6@demo.aftercare"));
  EXPECT_THAT(one, HasSubstr("SEQUENCE:2"));
  EXPECT_THAT(one, HasSubstr("STATUS:CANCELLED"));
  EXPECT_THAT(one, HasSubstr("STATUS:CONFIRMED"));
  Must({"end", "ana", "--reason", "withdrawn"});
  const std::string both = Must({"visits", "list", "--ics", "-"});
  EXPECT_THAT(both, HasSubstr("UID:ana.month-9@demo.aftercare"));
  EXPECT_THAT(both, Not(HasSubstr("STATUS:CONFIRMED")));
  EXPECT_EQ(Must({"visits", "list"}), "No visits.\n");
  EXPECT_THAT(Must({"visits", "list", "--ended"}), HasSubstr("ana/month-9   P-17     cancelled"));
}

TEST_F(VisitsE2eTest, WhatCannotBeIsRefusedWithOneClearError) {
  MakeSandbox();
  const auto refused = [&](const std::string& command, int exit) {
    const ProcessResult outcome = Aftercare(Words(command));
    EXPECT_EQ(outcome.exit_code, exit) << command;
    EXPECT_THAT(outcome.out, IsEmpty()) << command;
    return outcome.err;
  };
  EXPECT_THAT(refused("visits schedule ana/month-6 2026-10-03T14:30", 1),
              HasSubstr("FAILED_PRECONDITION (OUTSIDE_VISIT_WINDOW): 2026-10-03 is outside the window of "
                        "clinics/demo/enrollments/ana/visits/month-6, 2026-08-26 to 2026-09-23"));
  EXPECT_THAT(refused("visits outcome ana/month-6 missed", 1), HasSubstr("FAILED_PRECONDITION (VISIT_NOT_BOOKED)"));
  EXPECT_THAT(refused("visits schedule ana/month-7 2026-09-03T14:30", 1), HasSubstr("NOT_FOUND (VISIT_NOT_FOUND)"));
  EXPECT_THAT(refused("visits schedule ben/month-6 2026-09-03T14:30", 1),
              HasSubstr("NOT_FOUND (ENROLLMENT_NOT_FOUND)"));
  EXPECT_THAT(refused("visits schedule ana/month-6 2026-02-30T14:30", 2), HasSubstr("is no time for a visit"));
  EXPECT_THAT(refused("visits schedule month-6 2026-09-03T14:30", 2),
              HasSubstr("names no visit: write ENROLLMENT/VISIT"));
  EXPECT_THAT(refused("visits outcome ana/month-6 late", 2), HasSubstr("OUTCOME"));
  EXPECT_THAT(refused("visits outcome ana/month-6 booked", 1),
              HasSubstr("outcome: must be ATTENDED, MISSED or CANCELLED"));
  Must({"clinic", "update", "--closed", "sat,sun", "--holiday", "2026-09-07=Labor Day"});
  EXPECT_THAT(refused("visits schedule ana/month-6 2026-09-07T14:30", 1),
              HasSubstr("FAILED_PRECONDITION (CLINIC_CLOSED): clinics/demo is closed on 2026-09-07 (Labor Day)"));
  Must(Words("visits schedule ana/month-6 2026-09-07T14:30 --closed-day --dry-run"));
  EXPECT_THAT(Must({"visits", "list", "--state", "booked"}), HasSubstr("No visits."));
  Must(Words("visits schedule ana/month-6 2026-10-03T14:30 --closed-day --outside-window"));
  EXPECT_THAT(refused("visits outcome ana/month-6 missed", 1), HasSubstr("FAILED_PRECONDITION (VISIT_STILL_TO_COME)"));
}

TEST_F(VisitsE2eTest, AWatchTellsOfBookings) {
  MakeSandbox();
  const auto watch = Begin({"watch"});
  EXPECT_TRUE(watch->AwaitErr("Watching "));
  Must({"visits", "schedule", "ana/month-6", "2026-09-03T14:30"});
  EXPECT_TRUE(watch->AwaitOut("visit     booked     ana/month-6  2026-09-03 14:30  P-17"));
  watch->Signal(SIGINT);
  EXPECT_EQ(watch->Wait().exit_code, 0);
}

}  // namespace
}  // namespace aftercare::client
