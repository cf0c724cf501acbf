// The commands that change a plan, as a clinic would use them.
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// Ana had her procedure on 2026-03-02, the day before.
class ChangesE2eTest : public ServerFixture {
 protected:
  void MakeAna() {
    MakeSandbox();
    Must({"clock", "advance", "--to", "2026-03-03T08:00"});
    Must({"deliver", "--once"});
  }
};

TEST_F(ChangesE2eTest, AnUpdateIsShownBeforeItIsDoneAndSaysWhatIsSentAgain) {
  MakeAna();
  const std::string preview = Must({"update", "ana", "--procedure-date", "2026-03-09", "--dry-run"});
  EXPECT_THAT(preview, HasSubstr("SENT AGAIN: 2 reminders."));
  EXPECT_THAT(preview, HasSubstr("SENT AGAIN  ana/ice-am.2026-03-10 (told by ice-am.2026-03-03) "));
  EXPECT_THAT(preview, HasSubstr("moved       ana/ice-am.2026-03-11 (was ice-am.2026-03-04) "));
  EXPECT_THAT(Must({"enrollments", "--json"}), HasSubstr("2026-03-02"));
  EXPECT_EQ(Must({"update", "ana", "--procedure-date", "2026-03-09"}), preview);
  EXPECT_THAT(Must({"enrollments", "--json"}), HasSubstr("2026-03-09"));
  EXPECT_THAT(Must({"why", "ana/ice-am.2026-03-11"}), HasSubstr("due       Wed 11 Mar 2026 08:00\n"));
  EXPECT_THAT(Aftercare({"why", "ana/ice-am.2026-03-04"}).err, HasSubstr("REMINDER_NOT_FOUND"));
  EXPECT_THAT(Must({"why", "ana/ice-am.2026-03-03"}), HasSubstr("state     sent"));
  EXPECT_EQ(Must({"update", "ana", "--first-name", "Anna"}), "The plan stays as it is.\n");
  EXPECT_EQ(ObjectsOf(Must({"update", "ana", "--clear", "locale", "--json"})).size(), 1u);
}

// What is told once is not told again; what is told every day goes on with the days of the new date.
TEST_F(ChangesE2eTest, ASlipOfThePenIsCorrectedWithoutTellingAgainWhatIsToldOnce) {
  MakeAna();
  Must({"clock", "advance", "--to", "2026-03-03T10:30"});
  Must({"deliver", "--once"});
  const std::string shown = Must({"update", "ana", "--procedure-date", "2026-03-09", "--keep-sent"});
  EXPECT_THAT(shown, Not(HasSubstr("SENT AGAIN")));
  EXPECT_THAT(shown, ContainsRegex("sent +ana/when-to-call.2026-03-03 +2026-03-03 10:30 +not again\n"));
  EXPECT_THAT(shown, ContainsRegex("added +ana/ice-am.2026-03-10 +2026-03-10 08:00\n"));
  EXPECT_THAT(shown, HasSubstr(", 2 sent already\n"));
  Must({"clock", "advance", "--to", "2026-03-10T11:00"});
  const std::string sent = Must({"deliver", "--once"});
  EXPECT_THAT(sent, HasSubstr("ana/ice-am.2026-03-10"));
  EXPECT_THAT(sent, Not(HasSubstr("ana/when-to-call")));
  const ProcessResult refused = Aftercare({"update", "ana", "--keep-sent", "--zone", "Europe/Madrid"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("keep_sent: must not be set unless procedure_date changes"));
}

TEST_F(ChangesE2eTest, WhySaysWhatWasSentAndWhenAndToWhomWhateverChangesLater) {
  MakeAna();
  Must({"update", "ana", "--first-name", "Anna", "--sms", "+15550199"});
  const std::string why = Must({"why", "ana/ice-am.2026-03-03"});
  EXPECT_THAT(why, HasSubstr("text      Good morning Ana."));
  EXPECT_THAT(why, HasSubstr("leased    1. Tue 3 Mar 2026 08:00 to +15550100\n"));
  const std::string next = Must({"why", "ana/ice-am.2026-03-04"});
  EXPECT_THAT(next, HasSubstr("text      Good morning Anna."));
  EXPECT_THAT(next, Not(HasSubstr("leased")));
}

TEST_F(ChangesE2eTest, OneFactorChangesAndTheOthersStay) {
  MakeAna();
  Must({"update", "ana", "--factor", "smoker=true", "--zone", "Europe/Madrid"});
  const std::string shown = Must({"enrollments"});
  EXPECT_THAT(shown, HasSubstr("severity=severe smoker=true"));
  EXPECT_THAT(shown, HasSubstr("Europe/Madrid"));
  Must({"update", "ana", "--clear", "factors", "--clear", "zone"});
  EXPECT_THAT(Must({"enrollments"}), Not(HasSubstr("severity")));
}

TEST_F(ChangesE2eTest, WhatMakesNoSenseIsRefusedByName) {
  MakeAna();
  const ProcessResult refused = Aftercare({"update", "ana", "--procedure-date", "soon", "--zone", "Mars"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("enrollment.procedure_date: "));
  EXPECT_THAT(refused.err, HasSubstr("enrollment.time_zone: "));
  EXPECT_EQ(Aftercare({"update", "ana", "--clear", "patient"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"update", "ana", "--revision", "last"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"move", "ana/ice-am.2026-03-04", "someday"}).exit_code, 2);
  EXPECT_THAT(Aftercare({"update", "nobody", "--zone", "UTC"}).err, HasSubstr("ENROLLMENT_NOT_FOUND"));
}

TEST_F(ChangesE2eTest, AnEnrollmentIsPausedAndResumed) {
  MakeAna();
  EXPECT_THAT(Must({"pause", "ana"}), HasSubstr("state            paused\n"));
  EXPECT_THAT(Aftercare({"pause", "ana"}).err, HasSubstr("ENROLLMENT_PAUSED"));
  Must({"clock", "advance", "--to", "2026-03-04T09:00"});
  EXPECT_EQ(Must({"due"}), "Nothing is due.\n");
  EXPECT_THAT(Must({"resume", "ana"}), HasSubstr("state            active\n"));
  EXPECT_THAT(Must({"due"}), HasSubstr("ana/ice-am.2026-03-04"));
  EXPECT_THAT(Must({"why", "ana/ice-am.2026-03-04"}),
              HasSubstr("Paused from Tue 3 Mar 2026 08:00 to Wed 4 Mar 2026 09:00"));
}

TEST_F(ChangesE2eTest, OneReminderIsMovedCalledOffAndPutBack) {
  MakeAna();
  EXPECT_THAT(Must({"move", "ana/ice-am.2026-03-04", "2026-03-04T10:00"}),
              HasSubstr("ana/ice-am.2026-03-04 is scheduled, due 2026-03-04 10:00, until 2026-03-04 12:00"));
  EXPECT_THAT(Must({"why", "ana/ice-am.2026-03-04"}), HasSubstr("Moved by the clinic to Wed 4 Mar 2026 10:00."));
  EXPECT_THAT(Must({"restore", "ana/ice-am.2026-03-04"}), HasSubstr("due 2026-03-04 08:00"));
  EXPECT_THAT(Must({"cancel", "ana/ice-am.2026-03-04"}), HasSubstr("ana/ice-am.2026-03-04 is cancelled"));
  Must({"restore", "ana/ice-am.2026-03-04"});
  EXPECT_THAT(Aftercare({"restore", "ana/ice-am.2026-03-04"}).err, HasSubstr("NOT_ADJUSTED"));
}

TEST_F(ChangesE2eTest, APathwaysPatientsMoveToItsNextRevisionOnlyIfNothingIsLost) {
  MakeAna();
  std::string changed = ReadFile(kPathway);
  changed.replace(changed.find("08:00"), 5, "08:15");
  WriteFile(Path("knee.textproto"), changed);
  EXPECT_THAT(Must({"pathway", "put", Path("knee.textproto"), "--dry-run"}), HasSubstr("knee would be revision 2\n"));
  EXPECT_THAT(Must({"pathway", "put", Path("knee.textproto")}), HasSubstr("knee is now revision 2\n"));
  EXPECT_THAT(Must({"migrate", "knee", "--dry-run"}), HasSubstr("revision 2: 1 enrollment would move, 0 there already"));
  EXPECT_THAT(Must({"migrate", "knee"}), HasSubstr("revision 2: 1 enrollment moved"));
  EXPECT_THAT(Must({"migrate", "knee"}), HasSubstr("0 enrollments moved, 1 there already"));
  EXPECT_THAT(Must({"why", "ana/ice-am.2026-03-04"}), HasSubstr("08:15"));

  const size_t rule = changed.find("id: \"ice-noon\"");
  changed.replace(rule, 14, "id: \"ice-lunch\"");
  WriteFile(Path("knee.textproto"), changed);
  Must({"pathway", "put", Path("knee.textproto")});
  const ProcessResult refused = Aftercare({"migrate", "knee"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("lacks rules with pending reminders (ice-noon)"));
  EXPECT_THAT(Must({"enrollments"}), HasSubstr("knee r2"));
  EXPECT_THAT(Must({"migrate", "knee", "--allow-drop"}), HasSubstr("rules it lacks: ice-noon"));
  EXPECT_THAT(Must({"enrollments"}), HasSubstr("knee r3"));
}

TEST_F(ChangesE2eTest, AMigrationWarnsOfANewRuleThatWouldBeSentAtOnceUntilItHasTheSeriesOfTheOneItReplaces) {
  MakeAna();
  Must({"clock", "advance", "--to", "2026-03-03T13:30"});
  Must({"deliver", "--once"});
  const std::string id = "id: \"ice-noon\"";
  std::string changed = ReadFile(kPathway);
  const size_t rule = changed.find(id);
  changed.replace(rule, id.size(), "id: \"ice-lunch\"");
  WriteFile(Path("knee.textproto"), changed);
  Must({"pathway", "put", Path("knee.textproto")});
  const std::string warned = Must({"migrate", "knee", "--dry-run"});
  EXPECT_THAT(warned, HasSubstr("\nwarning: new rules that would be sent at once: ice-lunch\n"));
  EXPECT_THAT(warned, HasSubstr("give it the series of that rule"));
  EXPECT_EQ(ObjectsOf(Must({"migrate", "knee", "--dry-run", "--json"})).at(0).fields().count("newRulesDueNow"), 1u);

  changed.replace(rule, id.size() + 1, "id: \"ice-lunch\" series: \"ice-noon\"");
  WriteFile(Path("knee.textproto"), changed);
  Must({"pathway", "put", Path("knee.textproto")});
  EXPECT_THAT(Must({"migrate", "knee", "--dry-run"}), Not(HasSubstr("warning")));
  Must({"migrate", "knee", "--allow-drop"});
  EXPECT_EQ(Must({"due"}), "Nothing is due.\n");
}

}  // namespace
}  // namespace aftercare::client
