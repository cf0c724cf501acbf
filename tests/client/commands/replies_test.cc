// What patients write back and what the care team makes of it: what the program asks a server, and what it prints.
#include "gmock/gmock.h"
#include "tests/client/fake_server.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class RepliesTest : public FakeServerFixture {
 protected:
  RepliesTest() {
    server_.Answer(FromText<v1::GetClinicResponse>(
        R"pb(clinic { name: "clinics/demo" time_zone: "America/New_York" })pb"));
    server_.Answer(FromText<v1::RecordReplyResponse>(R"pb(
      reply {
        name: "clinics/demo/replies/0a1b" patient: "P-17" enrollment: "clinics/demo/enrollments/ana"
        channel: CHANNEL_SMS meaning: REPLY_MEANING_ANSWER done: false
        reminder: "clinics/demo/enrollments/ana/reminders/walk.2026-03-03"
        explanation: "A not_done word answers the newest question of the last 7 days."
      })pb"));
  }
};

TEST_F(RepliesTest, AReplyIsToldWithItsAnswerAndWhy) {
  EXPECT_EQ(Must({"reply", "not yet", "--channel", "sms", "--from", "555-0100"}),
            "reply            clinics/demo/replies/0a1b\n"
            "patient          P-17\n"
            "enrollment       clinics/demo/enrollments/ana\n"
            "understood as    answer not done\n"
            "answers          ana/walk.2026-03-03\n"
            "because          A not_done word answers the newest question of the last 7 days.\n");
  const auto request = server_.Last<v1::RecordReplyRequest>();
  EXPECT_EQ(request.parent(), "clinics/demo");
  EXPECT_EQ(request.address(), "555-0100");
  EXPECT_EQ(request.text(), "not yet");
  EXPECT_FALSE(request.validate_only());
  EXPECT_EQ(request.other_clinics_size(), 0);
}

TEST_F(RepliesTest, WhatToSendBackIsShownAndIsInTheJson) {
  server_.Answer(FromText<v1::RecordReplyResponse>(
      R"pb(reply { name: "clinics/demo/replies/1" meaning: REPLY_MEANING_STOP } auto_reply: "You get no more.")pb"));
  EXPECT_EQ(Must({"reply", "stop", "--channel", "sms", "--from", "1"}),
            "reply            clinics/demo/replies/1\n"
            "understood as    stop\n"
            "send back        You get no more.\n");
  const auto json = ObjectsOf(Must({"reply", "stop", "--channel", "sms", "--from", "1", "--json"}));
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(TextOf(json[0], "autoReply"), "You get no more.");
  EXPECT_EQ(TextOf(json[0].fields().at("reply").struct_value(), "name"), "clinics/demo/replies/1");
}

TEST_F(RepliesTest, ADryRunSaysWhatItWouldAnswerAndStoresNothing) {
  server_.Answer(FromText<v1::RecordReplyResponse>(R"pb(
    reply {
      meaning: REPLY_MEANING_ANSWER score: 7 reminder: "clinics/demo/enrollments/ana/reminders/pain.2026-03-03"
      explanation: "A score."
    })pb"));
  const ProcessResult dry = Aftercare({"reply", "7", "--channel", "sms", "--from", "1", "--dry-run"});
  EXPECT_EQ(dry.exit_code, 0);
  EXPECT_EQ(dry.out,
            "understood as    answer 7\n"
            "answers          ana/pain.2026-03-03\n"
            "because          A score.\n");
  EXPECT_EQ(dry.err, "Checked only: the reply was not stored, and nothing was changed.\n");
  EXPECT_TRUE(server_.Last<v1::RecordReplyRequest>().validate_only());
}

TEST_F(RepliesTest, OtherClinicsOfTheNumberAreNamedShortOrInFull) {
  Must({"reply", "--channel", "sms", "--from", "1", "--other-clinic", "lakeside", "--other-clinic", "clinics/hill",
        "stop"});
  const auto request = server_.Last<v1::RecordReplyRequest>();
  EXPECT_THAT(request.other_clinics(), ElementsAre("clinics/lakeside", "clinics/hill"));
  EXPECT_EQ(request.text(), "stop");
  const ProcessResult both = Aftercare({"reply", "7", "--channel", "sms", "--from", "1", "--other-clinic", "hill",
                                        "--reminder", "ana/pain.2026-03-03"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_THAT(both.err, HasSubstr("--reminder excludes --other-clinic"));
}

TEST_F(RepliesTest, ADoubtfulReplySaysUntilWhenToDecideByTheClockOfItsClinic) {
  server_.Answer(FromText<v1::RecordReplyResponse>(R"pb(
    reply {
      name: "clinics/hill/replies/0a1b" meaning: REPLY_MEANING_DOUBTFUL task: REPLY_TASK_DECIDE
      decide_by_time { seconds: 1772629200 }
    })pb"));
  EXPECT_EQ(Must({"reply", "alto", "--channel", "sms", "--from", "1", "--other-clinic", "hill"}),
            "reply            clinics/hill/replies/0a1b\n"
            "understood as    doubtful\n"
            "to do            decide whether the patient wants to stop, by 2026-03-04 08:00 (America/New_York):\n"
            "                 aftercare decide clinics/hill/replies/0a1b stop (or continue)\n");
  EXPECT_EQ(server_.Last<v1::GetClinicRequest>().name(), "clinics/hill");
}

TEST_F(RepliesTest, AReplyThatWasStoredIsNotAFailureIfItsClinicCannotBeRead) {
  server_.Refuse<v1::GetClinicResponse>(grpc::StatusCode::PERMISSION_DENIED, "DENIED");
  server_.Answer(FromText<v1::RecordReplyResponse>(R"pb(
    reply { name: "clinics/hill/replies/1" task: REPLY_TASK_DECIDE decide_by_time { seconds: 1772629200 } })pb"));
  EXPECT_THAT(Must({"reply", "alto", "--channel", "sms", "--from", "1"}), HasSubstr("by 2026-03-04 13:00 (UTC):\n"));
}

TEST_F(RepliesTest, TheListShowsWhatEachReplyMeantAndWhatIsToDo) {
  server_.Answer(FromText<v1::ListRepliesResponse>(R"pb(
    replies {
      name: "clinics/demo/replies/0c" receive_time { seconds: 1772546400 } channel: CHANNEL_SMS
      meaning: REPLY_MEANING_OTHER task: REPLY_TASK_ASSIGN address: "+15550199" text: "Hello?"
    }
    replies {
      name: "clinics/demo/replies/0b" receive_time { seconds: 1772542800 } patient: "P-17" channel: CHANNEL_SMS
      meaning: REPLY_MEANING_DOUBTFUL task: REPLY_TASK_DECIDE decide_by_time { seconds: 1772629200 } text: "alto"
    }
    replies {
      name: "clinics/demo/replies/0a" receive_time { seconds: 1772539200 } patient: "P-9" channel: CHANNEL_EMAIL
      meaning: REPLY_MEANING_DOUBTFUL decision: REPLY_DECISION_CONTINUE decide_by_time { seconds: 1772625600 }
      text: "enough"
    })pb"));
  EXPECT_EQ(Must({"replies"}),
            "RECEIVED (America/New_York)  REPLY  PATIENT  BY     FROM       TO DO                       DECIDED   "
            "MEANING   REMINDER  TEXT\n"
            "2026-03-03 09:00             0c              sms    +15550199  assign                                "
            "other               Hello?\n"
            "2026-03-03 08:00             0b     P-17     sms               decide by 2026-03-04 08:00            "
            "doubtful            alto\n"
            "2026-03-03 07:00             0a     P-9      email                                         continue  "
            "doubtful            enough\n");
  EXPECT_EQ(ObjectsOf(Must({"replies", "--json"})).size(), 3u);
  EXPECT_EQ(server_.Last<v1::ListRepliesRequest>().task(), v1::REPLY_TASK_UNSPECIFIED);
}

TEST_F(RepliesTest, TheListCanBeOfThoseThatWaitForTheCareTeam) {
  EXPECT_EQ(Must({"replies", "--unmatched"}), "No reply waits to be assigned.\n");
  EXPECT_EQ(server_.Last<v1::ListRepliesRequest>().task(), v1::REPLY_TASK_ASSIGN);
  EXPECT_EQ(Must({"replies", "--held"}), "No reply waits for a decision.\n");
  EXPECT_EQ(server_.Last<v1::ListRepliesRequest>().task(), v1::REPLY_TASK_DECIDE);
  EXPECT_EQ(Must({"replies", "--patient", "P-17"}), "No replies.\n");
  EXPECT_EQ(server_.Last<v1::ListRepliesRequest>().patient(), "P-17");
  EXPECT_THAT(Aftercare({"replies", "--unmatched", "--held"}).err, HasSubstr("--unmatched excludes --held"));
  EXPECT_THAT(Aftercare({"replies", "--unmatched", "--patient", "P-17"}).err, HasSubstr("--patient excludes"));
  EXPECT_THAT(Aftercare({"replies", "--held", "--patient", "P-17"}).err, HasSubstr("--patient excludes --held"));
  EXPECT_EQ(Aftercare({"replies", "--held", "--patient", "P-17"}).exit_code, 2);
}

TEST_F(RepliesTest, AReplyIsAssignedByShortOrFullNames) {
  server_.Answer(FromText<v1::AssignReplyResponse>(
      R"pb(reply { name: "clinics/demo/replies/0a" patient: "P-17" meaning: REPLY_MEANING_ANSWER score: 7 })pb"));
  EXPECT_THAT(Must({"assign", "0a", "ana", "--request-id", "x"}),
              HasSubstr("patient          P-17\nunderstood as    answer 7\n"));
  auto request = server_.Last<v1::AssignReplyRequest>();
  EXPECT_EQ(request.name(), "clinics/demo/replies/0a");
  EXPECT_EQ(request.enrollment(), "clinics/demo/enrollments/ana");
  EXPECT_EQ(request.request_id(), "x");
  const auto json = ObjectsOf(Must({"assign", "clinics/hill/replies/0a", "ana", "--json"}));
  EXPECT_EQ(TextOf(json.at(0), "name"), "clinics/demo/replies/0a");
  request = server_.Last<v1::AssignReplyRequest>();
  EXPECT_EQ(request.enrollment(), "clinics/hill/enrollments/ana") << "a short enrollment is of the reply's clinic";
  EXPECT_EQ(Aftercare({"assign", "0a"}).exit_code, 2);
}

TEST_F(RepliesTest, ADoubtfulReplyIsDecided) {
  server_.Answer(FromText<v1::DecideReplyResponse>(R"pb(
    reply {
      name: "clinics/demo/replies/0a" meaning: REPLY_MEANING_DOUBTFUL decision: REPLY_DECISION_STOP
      decide_by_time { seconds: 1772629200 }
    })pb"));
  EXPECT_EQ(Must({"decide", "0a", "stop", "--request-id", "x"}),
            "reply            clinics/demo/replies/0a\n"
            "understood as    doubtful\n"
            "decided          stop\n");
  const auto request = server_.Last<v1::DecideReplyRequest>();
  EXPECT_EQ(request.name(), "clinics/demo/replies/0a");
  EXPECT_EQ(request.decision(), v1::REPLY_DECISION_STOP);
  EXPECT_EQ(request.request_id(), "x");
  Must({"decide", "clinics/hill/replies/0a", "continue"});
  EXPECT_EQ(server_.Last<v1::DecideReplyRequest>().name(), "clinics/hill/replies/0a");
  EXPECT_EQ(server_.Last<v1::DecideReplyRequest>().decision(), v1::REPLY_DECISION_CONTINUE);
  const ProcessResult unsure = Aftercare({"decide", "0a", "perhaps"});
  EXPECT_EQ(unsure.exit_code, 2);
  EXPECT_EQ(unsure.err, "aftercare: DECISION \"perhaps\": choose from stop, continue\n");
}

TEST_F(RepliesTest, WhatDoesNotWaitIsRefusedWithWhereToLook) {
  server_.Refuse<v1::AssignReplyResponse>(grpc::StatusCode::FAILED_PRECONDITION, "REPLY_NOT_TO_ASSIGN");
  server_.Refuse<v1::DecideReplyResponse>(grpc::StatusCode::FAILED_PRECONDITION, "REPLY_NOT_TO_DECIDE");
  const ProcessResult assigned = Aftercare({"assign", "0a", "ana"});
  EXPECT_EQ(assigned.exit_code, 1);
  EXPECT_EQ(assigned.err,
            "aftercare: FAILED_PRECONDITION (REPLY_NOT_TO_ASSIGN): refused\n"
            "  Those that wait for it: aftercare replies --unmatched\n");
  EXPECT_THAT(Aftercare({"decide", "0a", "stop"}).err, HasSubstr("aftercare replies --held\n"));
}

TEST_F(RepliesTest, OneEnrollmentIsShownWithItsStoppedAndHeldAddresses) {
  server_.Answer(FromText<v1::GetEnrollmentResponse>(R"pb(
    enrollment {
      name: "clinics/demo/enrollments/ana"
      contact_points { channel: CHANNEL_SMS address: "+15550100" state: CONTACT_POINT_STATE_HELD }
      contact_points { channel: CHANNEL_EMAIL address: "ana@example.org" }
    })pb"));
  EXPECT_THAT(Must({"enrollments", "ana"}),
              HasSubstr("sms              +15550100 (held)\nemail            ana@example.org\n"));
  EXPECT_EQ(server_.Last<v1::GetEnrollmentRequest>().name(), "clinics/demo/enrollments/ana");
  EXPECT_THAT(Aftercare({"enrollments", "ana", "--patient", "P-17"}).err, HasSubstr("ENROLLMENT excludes --patient"));
}

TEST_F(RepliesTest, EveryCommandHasHelpWithAnExampleThatFits) {
  for (const char* command : {"reply", "replies", "assign", "decide", "clinic update", "clinic create"}) {
    std::vector<std::string> arguments = Words(command);
    arguments.push_back("--help");
    const std::string help = Must(arguments);
    EXPECT_THAT(help, HasSubstr(std::string("\n  aftercare ") + command + " "));
    ExpectPlain(help, 100);
  }
  EXPECT_THAT(Must({"--help"}), testing::AllOf(HasSubstr("\n  assign "), HasSubstr("\n  decide ")));
}

}  // namespace
}  // namespace aftercare::client
