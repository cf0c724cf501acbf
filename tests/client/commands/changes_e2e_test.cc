// The commands that change a plan, as a clinic would use them.
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

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

TEST_F(ChangesE2eTest, AnUpdateIsShownBeforeItIsDoneAndSendsNothingTwice) {
  MakeAna();
  const std::string preview = Must({"update", "ana", "--procedure-date", "2026-03-09", "--dry-run"});
  EXPECT_THAT(preview, HasSubstr("sent "));
  EXPECT_THAT(preview, HasSubstr("not again"));
  EXPECT_THAT(Must({"enrollments", "--json"}), HasSubstr("2026-03-02"));
  EXPECT_EQ(Must({"update", "ana", "--procedure-date", "2026-03-09"}), preview);
  EXPECT_THAT(Must({"enrollments", "--json"}), HasSubstr("2026-03-09"));
  EXPECT_THAT(Must({"why", "ana/ice-am.2"}), HasSubstr("due       Wed 11 Mar 2026 08:00\n"));
  EXPECT_THAT(Must({"why", "ana/ice-am.1"}), HasSubstr("state     sent"));
  EXPECT_EQ(Must({"update", "ana", "--first-name", "Anna"}), "The plan stays as it is.\n");
  EXPECT_EQ(ObjectsOf(Must({"update", "ana", "--clear", "locale", "--json"})).size(), 1u);
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
  EXPECT_EQ(Aftercare({"move", "ana/ice-am.2", "someday"}).exit_code, 2);
  EXPECT_THAT(Aftercare({"update", "nobody", "--zone", "UTC"}).err, HasSubstr("ENROLLMENT_NOT_FOUND"));
}

TEST_F(ChangesE2eTest, AnEnrollmentIsPausedAndResumed) {
  MakeAna();
  EXPECT_THAT(Must({"pause", "ana"}), HasSubstr("state            paused\n"));
  EXPECT_THAT(Aftercare({"pause", "ana"}).err, HasSubstr("ENROLLMENT_PAUSED"));
  Must({"clock", "advance", "--to", "2026-03-04T09:00"});
  EXPECT_EQ(Must({"due"}), "Nothing is due.\n");
  EXPECT_THAT(Must({"resume", "ana"}), HasSubstr("state            active\n"));
  EXPECT_THAT(Must({"due"}), HasSubstr("ana/ice-am.2"));
  EXPECT_THAT(Must({"why", "ana/ice-am.2"}), HasSubstr("Paused from Tue 3 Mar 2026 08:00 to Wed 4 Mar 2026 09:00"));
}

TEST_F(ChangesE2eTest, OneReminderIsMovedCalledOffAndPutBack) {
  MakeAna();
  EXPECT_THAT(Must({"move", "ana/ice-am.2", "2026-03-04T10:00"}),
              HasSubstr("ana/ice-am.2 is scheduled, due 2026-03-04 10:00, until 2026-03-04 12:00"));
  EXPECT_THAT(Must({"why", "ana/ice-am.2"}), HasSubstr("Moved by the clinic to Wed 4 Mar 2026 10:00."));
  EXPECT_THAT(Must({"restore", "ana/ice-am.2"}), HasSubstr("due 2026-03-04 08:00"));
  EXPECT_THAT(Must({"cancel", "ana/ice-am.2"}), HasSubstr("ana/ice-am.2 is cancelled"));
  Must({"restore", "ana/ice-am.2"});
  EXPECT_THAT(Aftercare({"restore", "ana/ice-am.2"}).err, HasSubstr("NOT_ADJUSTED"));
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
  EXPECT_THAT(Must({"why", "ana/ice-am.2"}), HasSubstr("08:15"));

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

}  // namespace
}  // namespace aftercare::client
