// What patients reply, from the command line.
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class RepliesE2eTest : public ServerFixture {
 protected:
  RepliesE2eTest() {
    MakeSandbox();
    Must({"enroll", "--id", "zoe", "--patient", "P-9", "--first-name", "Zoe", "--pathway", "knee", "--procedure-date",
          "2026-03-01", "--consent", "granted", "--zone", "America/New_York", "--sms", "+15550109", "--email",
          "zoe@example.org"});
  }
};

TEST_F(RepliesE2eTest, AScoreAnswersTheReminderThatAskedAndIsTold) {
  Must({"clock", "advance", "--to", "2026-03-02T20:00"});
  Must({"deliver", "--once"});
  const std::string told = Must({"reply", "--channel", "sms", "--from", "+15550109", "7/10"});
  EXPECT_THAT(told, HasSubstr("patient          P-9\nenrollment       clinics/demo/enrollments/zoe\n"
                              "understood as    answer 7\nanswers          zoe/pain-check.2026-03-02\n"));
  EXPECT_THAT(Must({"why", "zoe/pain-check.2026-03-02"}),
              HasSubstr("state     completed since Mon 2 Mar 2026 20:00: the patient "
                        "answered it with 7"));
  EXPECT_THAT(
      Must({"reply", "--channel", "sms", "--from", "+15550109", "--reminder", "zoe/pain-check.2026-03-02", "8"}),
      HasSubstr("understood as    answer 8\n"));
  const std::string listed = Must({"replies"});
  EXPECT_THAT(LinesOf(listed).at(0), HasSubstr("MEANING"));
  EXPECT_THAT(LinesOf(listed).at(1), HasSubstr("answer 8  zoe/pain-check.2026-03-02  8"));
  EXPECT_THAT(LinesOf(listed).at(2), HasSubstr("answer 7  zoe/pain-check.2026-03-02  7/10"));
  EXPECT_EQ(ObjectsOf(Must({"replies", "--json", "--patient", "P-9"})).size(), 2u);
  EXPECT_EQ(Must({"replies", "--patient", "P-17"}), "No replies.\n");
  const ProcessResult cut = Aftercare({"replies", "--limit", "1"});
  EXPECT_EQ(LinesOf(cut.out).size(), 2u);
  EXPECT_THAT(cut.err, HasSubstr("--limit 0 shows all"));
}

TEST_F(RepliesE2eTest, AStopWordAndADecisionAreShownWithTheEnrollment) {
  const std::vector<std::string> reply = {"reply", "--channel", "sms", "--from", "+15550109"};
  const auto says = [&](const char* text) {
    std::vector<std::string> arguments = reply;
    arguments.push_back(text);
    return Must(arguments);
  };
  EXPECT_THAT(says("Stop!"), HasSubstr("understood as    stop\n"));
  EXPECT_THAT(Must({"enrollments", "zoe"}), HasSubstr("sms              +15550109 (stopped)\n"));
  EXPECT_EQ(Must({"consent", "P-9", "refused", "--channel", "email"}), "Patient P-9 has opted out of email.\n");
  EXPECT_EQ(Must({"consent", "P-9", "--channel", "email", "granted"}), "Patient P-9 has opted out of nothing.\n");
  EXPECT_THAT(says("start"), HasSubstr("understood as    start\n"));
  EXPECT_THAT(Must({"enrollments", "zoe"}), Not(HasSubstr("stopped")));
}

TEST_F(RepliesE2eTest, AReplyOfNobodyKnownIsKeptAndAssigned) {
  const std::string id =
      TextOf(ObjectsOf(Must({"reply", "--channel", "sms", "--from", "+15550000", "Hello?", "--json"}))
                 .at(0)
                 .fields()
                 .at("reply")
                 .struct_value(),
             "name");
  EXPECT_THAT(Must({"replies", "--unmatched"}), HasSubstr("+15550000"));
  EXPECT_THAT(Must({"assign", id, "zoe"}), HasSubstr("patient          P-9\n"));
  EXPECT_EQ(Must({"replies", "--unmatched"}), "No reply waits to be assigned.\n");
  EXPECT_THAT(Aftercare({"assign", id, "zoe"}).err, HasSubstr("REPLY_NOT_TO_ASSIGN"));
}

TEST_F(RepliesE2eTest, ADoubtfulReplyHoldsMessagesUntilItIsDecided) {
  Must({"clock", "advance", "--to", "2026-03-02T20:00"});
  Must({"deliver", "--once"});
  const std::vector<std::string> high = {"reply", "--channel", "sms", "--from", "+15550109", "alto"};
  std::vector<std::string> dry = high;
  dry.push_back("--dry-run");
  EXPECT_THAT(Must(dry), HasSubstr("understood as    doubtful\n"));
  EXPECT_EQ(Must({"replies"}), "No replies.\n");
  EXPECT_THAT(Must(high), HasSubstr("to do            decide whether the patient wants to stop, by 2026-03-03 20:00"));
  EXPECT_THAT(Must({"enrollments"}), HasSubstr("sms held"));
  const std::string id = TextOf(ObjectsOf(Must({"replies", "--held", "--json"})).at(0), "name");
  EXPECT_THAT(Must({"decide", id, "continue"}), HasSubstr("decided          continue\n"));
  EXPECT_EQ(Must({"replies", "--held"}), "No reply waits for a decision.\n");
  EXPECT_THAT(Must({"enrollments"}), Not(HasSubstr("held")));
}

TEST_F(RepliesE2eTest, WhatMakesNoSenseIsSaidOnce) {
  EXPECT_EQ(Aftercare({"reply", "--channel", "pigeon", "--from", "+15550109", "7"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"reply", "--from", "+15550109", "7"}).exit_code, 2);
  EXPECT_EQ(Aftercare({"consent", "P-9", "--channel", "sms", "maybe"}).exit_code, 2);
  const ProcessResult foreign =
      Aftercare({"reply", "--channel", "sms", "--from", "+15550109", "--reminder", "ana/ice-am.2026-03-03", "7"});
  EXPECT_THAT(foreign.err, HasSubstr("NOT_OF_SENDER"));
  EXPECT_THAT(Aftercare({"consent", "P-0", "--channel", "sms", "refused"}).err, HasSubstr("PATIENT_NOT_FOUND"));
}

}  // namespace
}  // namespace aftercare::client
