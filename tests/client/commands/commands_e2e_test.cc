// Every command that asks the server, as a clinic would use it.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class CommandsE2eTest : public ServerFixture {};

TEST_F(CommandsE2eTest, AClinicIsMadeShownAndListed) {
  EXPECT_THAT(Must({"clinic", "list"}), HasSubstr("No clinics yet."));
  EXPECT_THAT(Must({"clinic", "create", "lakeside", "--name", "Lakeside", "--zone", "Europe/Madrid"}),
              HasSubstr("clinic           clinics/lakeside\n"));
  MakeSandbox();
  EXPECT_THAT(Must({"clinic", "get"}), HasSubstr("test clock       2026-03-02 09:00\n"));
  EXPECT_THAT(Must({"clinic", "list"}), HasSubstr("lakeside  Europe/Madrid"));
  EXPECT_EQ(ObjectsOf(Must({"clinic", "list", "--json"})).size(), 2u);
  const ProcessResult again = Aftercare({"clinic", "create", "demo", "--name", "Again", "--zone", "UTC"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("aftercare: ALREADY_EXISTS"));
}

TEST_F(CommandsE2eTest, HoursAndClosedDaysAreSetChangedAndExplained) {
  MakeSandbox();
  EXPECT_THAT(Must({"clinic", "update", "--contact-hours", "mon-fri 10:00-16:00", "--closed", "sat,sun", "--holiday",
                    "2026-12-25=Christmas", "--holiday", "2026-05-25"}),
              HasSubstr("contact hours    Mon-Fri 10:00-16:00\nclosed           Sat, Sun\n"
                        "holidays         2026-05-25\n                 2026-12-25 Christmas\n"));
  Must({"enroll", "--id", "zoe", "--patient", "P-1", "--first-name", "Zoe", "--pathway", "knee", "--procedure-date",
        "2026-03-02", "--consent", "granted", "--sms", "+15550100"});
  EXPECT_THAT(Must({"why", "zoe/ice-am.2026-03-03"}), HasSubstr("due       Tue 3 Mar 2026 10:00\n"));
  EXPECT_THAT(Must({"why", "zoe/ice-am.2026-03-03"}), HasSubstr("Outside the contact hours (Mon-Fri 10:00-16:00)"));
  EXPECT_THAT(Must({"clinic", "update", "--contact-hours", "any", "--closed", "none", "--holiday", "none"}),
              Not(HasSubstr("closed")));
  EXPECT_THAT(Must({"why", "zoe/ice-am.2026-03-03"}), HasSubstr("due       Tue 3 Mar 2026 08:00\n"));
  EXPECT_EQ(Aftercare({"clinic", "update"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"clinic", "update", "--contact-hours", "whenever"}).exit_code, 2);
  const ProcessResult refused =
      Aftercare({"clinic", "update", "--contact-hours", "16:00-10:00", "--holiday", "2026-02-30"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("clinic.contact_hours.openings[0].closes: "));
  EXPECT_THAT(refused.err, HasSubstr("there is no '2026-02-30'"));
}

TEST_F(CommandsE2eTest, APathwayIsStoredAndOnlyAChangeMakesARevision) {
  MakeSandbox();
  EXPECT_EQ(Must({"pathway", "put", kPathway, "--id", "knee"}),
            "clinics/demo/pathways/knee is unchanged, revision 1\n");
  std::string changed = ReadFile(kPathway);
  changed.replace(changed.find("08:00"), 5, "08:15");
  WriteFile(Path("knee.textproto"), changed);
  EXPECT_EQ(Must({"pathway", "put", Path("knee.textproto")}), "clinics/demo/pathways/knee is now revision 2\n");
  EXPECT_THAT(Must({"pathway", "list"}), HasSubstr("knee            2"));
  EXPECT_EQ(TextOf(ObjectsOf(Must({"pathway", "list", "--json"})).at(0), "name"), "clinics/demo/pathways/knee");
}

TEST_F(CommandsE2eTest, APathwayIsStoredWithWarningsOfWhatTheHoursOfTheClinicNeverLetOut) {
  MakeSandbox();
  Must({"clinic", "update", "--contact-hours", "10:00-16:00"});
  const ProcessResult put = Aftercare({"pathway", "put", kPathway, "--id", "knee"});
  EXPECT_EQ(put.exit_code, 0);
  EXPECT_THAT(put.err, HasSubstr("rule \"pain-check\" at 19:30 is never sent: the contact hours (10:00-16:00)"));
}

TEST_F(CommandsE2eTest, APatientIsEnrolledFromOptions) {
  MakeSandbox();
  const std::string shown = Must({"enroll",
                                  "--id",
                                  "mateo",
                                  "--patient",
                                  "P-18",
                                  "--first-name",
                                  "Mateo",
                                  "--last-name",
                                  "Ruiz",
                                  "--pathway",
                                  "knee",
                                  "--procedure-date",
                                  "2026-03-02",
                                  "--zone",
                                  "Europe/Madrid",
                                  "--locale",
                                  "es",
                                  "--factor",
                                  "smoker=true",
                                  "--factor",
                                  "severity=mild",
                                  "--email",
                                  "m@example.org",
                                  "--sms",
                                  "+34600000000",
                                  "--webhook",
                                  "app-1",
                                  "--consent",
                                  "refused"});
  EXPECT_THAT(shown, HasSubstr("factors          severity=mild smoker=true\nemail            m@example.org\n"
                               "sms              +34600000000\nwebhook          app-1\nconsent          refused\n"));
  EXPECT_THAT(Must({"enrollments"}), HasSubstr("mateo"));
  EXPECT_THAT(Must({"enrollments", "--patient", "P-17"}), Not(HasSubstr("mateo")));
}

TEST_F(CommandsE2eTest, APatientIsEnrolledFromAFileAndOptionsGoFirst) {
  MakeSandbox();
  WriteFile(Path("ana.json"), Must({"enrollments", "--json"}));
  const auto copy = ObjectsOf(Must({"enroll", "--file", Path("ana.json"), "--id", "ana-2", "--patient", "P-99",
                                    "--factor", "smoker=true", "--email", "a@example.org", "--json"}));
  ASSERT_EQ(copy.size(), 1u);
  EXPECT_EQ(TextOf(copy[0], "name"), "clinics/demo/enrollments/ana-2");
  EXPECT_EQ(TextOf(copy[0], "patient"), "P-99");
  EXPECT_EQ(TextOf(copy[0], "firstName"), "Ana");
  const auto& factors = copy[0].fields().at("factors").struct_value();
  EXPECT_EQ(TextOf(factors, "severity"), "severe");
  EXPECT_EQ(TextOf(factors, "smoker"), "true");
  EXPECT_EQ(copy[0].fields().at("contactPoints").list_value().values_size(), 1);

  WriteFile(Path("ana.textproto"),
            "patient: \"P-3\" first_name: \"Yuki\" pathway: \"knee\" procedure_date: \"2026-03-02\"\n"
            "consent: CONSENT_GRANTED");
  EXPECT_THAT(Must({"enroll", "--file", Path("ana.textproto"), "--id", "yuki"}), HasSubstr("patient          P-3\n"));
}

TEST_F(CommandsE2eTest, ADryRunEnrolsNobody) {
  MakeSandbox();
  WriteFile(Path("ana.json"), Must({"enrollments", "--json"}));
  const std::vector<std::string> other = {"enroll", "--file", Path("ana.json"), "--id", "other", "--dry-run"};
  EXPECT_EQ(Aftercare(other).exit_code, 1) << "a check finds that ana is enrolled";
  ProcessResult dry =
      Aftercare({"enroll", "--file", Path("ana.json"), "--id", "other", "--patient", "P-98", "--dry-run"});
  EXPECT_EQ(dry.exit_code, 0);
  EXPECT_THAT(dry.err, HasSubstr("nobody was enrolled"));
  EXPECT_THAT(Must({"enrollments"}), Not(HasSubstr("other")));
}

TEST_F(CommandsE2eTest, APatientIsEnrolledTwiceOnAPathwayOnlyIfAllowed) {
  MakeSandbox();
  WriteFile(Path("ana.json"), Must({"enrollments", "--json"}));
  const ProcessResult refused = Aftercare({"enroll", "--file", Path("ana.json"), "--id", "ana-2"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("ALREADY_EXISTS (PATIENT_ENROLLED)"));
  EXPECT_THAT(refused.err, HasSubstr("clinics/demo/enrollments/ana;"));
  EXPECT_THAT(refused.err, HasSubstr("--allow-concurrent"));
  Must({"enroll", "--file", Path("ana.json"), "--id", "ana-2", "--allow-concurrent"});
}

TEST_F(CommandsE2eTest, AWrongReasonOfAnEndIsCorrectedForAllOfAPatient) {
  MakeSandbox();
  WriteFile(Path("ana.json"), Must({"enrollments", "--json"}));
  Must({"enroll", "--file", Path("ana.json"), "--id", "ana-2", "--allow-concurrent"});
  EXPECT_THAT(Must({"end", "ana", "--reason", "deceased"}),
              HasSubstr("ended with it: clinics/demo/enrollments/ana-2\n"));
  const ProcessResult refused = Aftercare({"enroll", "--file", Path("ana.json"), "--id", "ana-3"});
  EXPECT_THAT(refused.err, HasSubstr("FAILED_PRECONDITION (PATIENT_DECEASED)"));
  EXPECT_THAT(refused.err, HasSubstr("aftercare end ana --reason withdrawn"));
  EXPECT_THAT(Must({"end", "ana", "--reason", "withdrawn"}),
              HasSubstr("corrected with it: clinics/demo/enrollments/ana-2\n"));
  Must({"enroll", "--file", Path("ana.json"), "--id", "ana-3"});
}

TEST_F(CommandsE2eTest, EveryFaultOfAPatientIsNamedOnce) {
  MakeSandbox();
  const ProcessResult outcome =
      Aftercare({"enroll", "--patient", "x y", "--first-name", "A", "--pathway", "knee", "--procedure-date",
                 "2026-13-01", "--factor", "size=xl", "--sms", "12", "--consent", "granted"});
  EXPECT_EQ(outcome.exit_code, 1);
  const std::vector<std::string> lines = LinesOf(outcome.err);
  ASSERT_EQ(lines.size(), 5u) << outcome.err;
  EXPECT_EQ(lines[0], "aftercare: INVALID_ARGUMENT (INVALID_FIELDS)");
  EXPECT_THAT(lines[1], testing::StartsWith("  enrollment.patient: "));
}

TEST_F(CommandsE2eTest, WhatIsDueFollowsTheClock) {
  MakeSandbox();
  EXPECT_EQ(Must({"due"}), "Nothing is due.\n");
  EXPECT_THAT(Must({"clock", "advance", "--to", "2026-03-03T10:45"}),
              HasSubstr("It is now 2026-03-03 10:45 (America/New_York). 4 reminders came due, 1 window closed.\n"));
  const std::string due = Must({"due"});
  EXPECT_THAT(due, HasSubstr("2026-03-03 08:00        due    ana/ice-am.2026-03-03  "));
  EXPECT_EQ(LinesOf(due).size(), 4u) << due;
  EXPECT_EQ(LinesOf(Must({"due", "--category", "ice"})).size(), 2u);
  EXPECT_EQ(Must({"due", "--patient", "nobody"}), "Nothing is due.\n");
  EXPECT_EQ(Must({"due", "--phase", "maximum-benefits"}), "Nothing is due.\n");
  EXPECT_THAT(Must({"due", "--from", "now", "--to", "+3h"}), HasSubstr("scheduled  ana/ice-noon.2026-03-03"));
  EXPECT_THAT(Aftercare({"due", "--from", "2026-03-13", "--to", "2026-03-01"}).err,
              HasSubstr("--to must not be before"));
  EXPECT_THAT(Must({"clock", "advance", "--by", "12h"}), HasSubstr("windows closed"));
  EXPECT_THAT(Must({"due", "--state", "expired"}), HasSubstr("expired (window-closed)  ana/ice-am.2026-03-03"));
}

TEST_F(CommandsE2eTest, WhatCannotBePrintedIsNotReportedSent) {
  MakeSandbox();
  Must({"clock", "advance", "--to", "2026-03-03T10:45"});
  for (const std::string command : {"deliver --once", "clinic list", "timeline ana", "--json due"}) {
    const ProcessResult outcome =
        RunProgram({"/bin/sh", "-c", absl::StrCat(AFTERCARE_CLIENT, " ", command, " > /dev/full")},
                   {.environment = environment()});
    EXPECT_EQ(outcome.exit_code, 2) << command;
    EXPECT_THAT(outcome.err, HasSubstr("cannot write standard output")) << command;
  }
  EXPECT_EQ(Aftercare({"deliver", "--once"}).err, "3 messages sent.\n");
}

TEST_F(CommandsE2eTest, CountsAreOfWhatTheListWouldShow) {
  MakeSandbox();
  Must({"clock", "advance", "--to", "2026-03-03T10:45"});
  EXPECT_THAT(Must({"due", "--count"}), HasSubstr("\nall                 3    3\n"));
  const auto all = ObjectsOf(Must({"due", "--count", "--all", "--json"}));
  EXPECT_EQ(TextOf(all.at(0), "totalCount"),
            absl::StrCat(ObjectsOf(Must({"due", "--all", "--limit", "0", "--json"})).size()));
}

TEST_F(CommandsE2eTest, ALongListSaysThatThereIsMore) {
  MakeSandbox();
  const ProcessResult some = Aftercare({"due", "--all", "--limit", "5"});
  EXPECT_EQ(LinesOf(some.out).size(), 6u);
  EXPECT_THAT(some.err, HasSubstr("more than 5 reminders"));
  const ProcessResult all = Aftercare({"due", "--all", "--limit", "0"});
  EXPECT_GT(LinesOf(all.out).size(), 90u);
  EXPECT_EQ(all.err, "");
}

TEST_F(CommandsE2eTest, DeliverOnceSendsWhatIsDueAndThenNothing) {
  MakeSandbox();
  Must({"clock", "advance", "--to", "2026-03-03T10:45"});
  const ProcessResult first = Aftercare({"deliver", "--once", "--max", "2"});
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_THAT(first.out,
              HasSubstr("sms to +15550100  ana/ice-am.2026-03-03  due 2026-03-03 08:00\n    Good morning Ana."));
  EXPECT_EQ(first.err, "3 messages sent.\n");
  EXPECT_EQ(Aftercare({"deliver", "--once"}).err, "0 messages sent.\n");
  EXPECT_EQ(Must({"due"}), "Nothing is due.\n");
  EXPECT_EQ(LinesOf(Must({"due", "--state", "sent"})).size(), 4u);
}

TEST_F(CommandsE2eTest, DeliverTakesOnlyItsChannel) {
  MakeSandbox();
  Must({"clock", "advance", "--to", "2026-03-03T10:45"});
  EXPECT_EQ(Aftercare({"deliver", "--once", "--channel", "email"}).err, "0 messages sent.\n");
  EXPECT_EQ(ObjectsOf(Must({"deliver", "--once", "--channel", "sms", "--json"})).size(), 3u);
}

TEST_F(CommandsE2eTest, ATimelineIsAPictureOfTheYear) {
  MakeSandbox();
  Must({"clock", "advance", "--to", "2026-03-03T10:45"});
  Must({"deliver", "--once"});
  for (const int width : {80, 100, 160}) {
    const std::string picture = Must({"timeline", "ana", "--width", absl::StrCat(width)});
    EXPECT_THAT(picture, HasSubstr("Ana · P-17 · ana\n"));
    EXPECT_THAT(picture, HasSubstr("▼ now Tue 3 Mar 2026, 10:45 · day 1 · week 1\n"));
    EXPECT_THAT(picture, HasSubstr("● sent 3"));
    ExpectPlain(picture, width);
  }
  EXPECT_GT(ObjectsOf(Must({"timeline", "ana", "--json"})).at(0).fields().at("reminders").list_value().values_size(),
            80);
}

TEST_F(CommandsE2eTest, ATimelineCanBeAnSvgFile) {
  MakeSandbox();
  const ProcessResult outcome = Aftercare({"timeline", "ana", "--svg", Path("ana.svg")});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(ReadFile(Path("ana.svg")), testing::StartsWith("<?xml"));
  EXPECT_THAT(ReadFile(Path("ana.svg")), testing::EndsWith("</svg>\n"));
  EXPECT_EQ(Aftercare({"timeline", "ana", "--svg", Path("no/ana.svg")}).exit_code, 2);
}

TEST_F(CommandsE2eTest, ATaskIsCompletedByTheNameThatIsShown) {
  MakeSandbox();
  Must({"clock", "advance", "--to", "2026-08-24"});
  EXPECT_THAT(Must({"due", "--audience", "care-team"}), HasSubstr("ana/visit-6-check-booked.2026-08-23"));
  EXPECT_EQ(Must({"complete", "ana/visit-6-check-booked.2026-08-23"}),
            "ana/visit-6-check-booked.2026-08-23 is completed\n");
  EXPECT_EQ(Must({"complete", "ana/visit-6-check-booked.2026-08-23"}),
            "ana/visit-6-check-booked.2026-08-23 is completed\n");
  EXPECT_EQ(Must({"due", "--audience", "care-team"}), "Nothing is due.\n");
  const ProcessResult expired = Aftercare({"complete", "ana/ice-am.2026-03-03"});
  EXPECT_EQ(expired.exit_code, 1);
  EXPECT_THAT(expired.err, HasSubstr("FAILED_PRECONDITION (INVALID_TRANSITION)"));
}

TEST_F(CommandsE2eTest, AnEndedEnrollmentIsCancelledFromThenOn) {
  MakeSandbox();
  EXPECT_THAT(Must({"end", "ana", "--reason", "withdrawn"}), HasSubstr("state            ended (withdrawn)\n"));
  EXPECT_THAT(Must({"timeline", "ana"}), HasSubstr("– cancelled"));
  EXPECT_EQ(Aftercare({"end", "ana", "--reason", "withdrawn"}).exit_code, 1);
  EXPECT_THAT(Must({"enrollments", "--state", "active"}), HasSubstr("No enrollments."));
}

TEST_F(CommandsE2eTest, WhatIsNotThereIsRefusedByName) {
  MakeSandbox();
  for (const char* line :
       {"due --clinic nowhere", "timeline nobody", "complete ana/nothing.2026-03-03", "end nobody --reason completed",
        "watch --clinic nowhere", "deliver --once --clinic nowhere"}) {
    const ProcessResult outcome = Aftercare(Words(line));
    EXPECT_EQ(outcome.exit_code, 1) << line;
    EXPECT_THAT(outcome.err, HasSubstr("aftercare: NOT_FOUND (")) << line;
  }
}

TEST_F(CommandsE2eTest, OutputFitsTheTerminalAndHasColourOnlyThere) {
  MakeSandbox();
  Must({"clock", "advance", "--to", "2026-03-03T10:45"});
  for (const int width : {80, 100, 160}) {
    for (const char* line :
         {"due", "due --all", "enrollments", "clinic list", "pathway list", "timeline ana", "due --count --all"}) {
      const ProcessResult shown = Aftercare(Words(line), width);
      EXPECT_THAT(shown.out, HasSubstr("\033[")) << line;
      std::string plain = shown.out;
      for (size_t at; (at = plain.find('\033')) != std::string::npos;) plain.erase(at, plain.find('m', at) - at + 1);
      ExpectPlain(plain, width);
    }
  }
  for (const char* line : {"due", "due --all", "enrollments", "timeline ana"}) ExpectPlain(Must(Words(line)), 1000);
}

}  // namespace
}  // namespace aftercare::client
