// The program as people run it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/gateway/fake_delivery.h"
#include "tests/gateway/receiver.h"
#include "tests/support/process.h"

namespace aftercare::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ProgramTest : public ::testing::Test {
 protected:
  std::string Webhook(const std::string& more = "") {
    return directory.Write("gateway.textproto",
                           absl::StrCat("server: '", server.address(), "'\nwebhook {\n  url: '", receiver.url(),
                                        "'\n  secret: '0123456789abcdef'\n", more, "}\n"));
  }

  ChildProcess Begin() {
    return ChildProcess({AFTERCARE_GATEWAY, "--config", Webhook(), "--log-level=debug"});
  }

  TempDir directory;
  FakeDelivery server;
  Receiver receiver;
};

TEST_F(ProgramTest, AnUnknownKeyIsRefusedWithItsLine) {
  const ProcessResult outcome = RunProgram({AFTERCARE_GATEWAY, "--config", Webhook("  colour: 'red'\n")});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("gateway.textproto: line 5"), HasSubstr("colour")));
}

TEST_F(ProgramTest, HelpNamesItsFlagsAndNoOthers) {
  const ProcessResult outcome = RunProgram({AFTERCARE_GATEWAY, "--help"});
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("--config "), HasSubstr("--print-config "), Not(HasSubstr("--flagfile"))));
}

TEST_F(ProgramTest, HelpHasAShortNameAndTheVersionNamesTheCommit) {
  const ProcessResult help = RunProgram({AFTERCARE_GATEWAY, "-h"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_EQ(help.out, RunProgram({AFTERCARE_GATEWAY, "--help"}).out);
  const ProcessResult version = RunProgram({AFTERCARE_GATEWAY, "--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, ::testing::MatchesRegex("aftercare-gateway [0-9.]+ \\(commit [-0-9a-z]+\\)\n"));
}

TEST_F(ProgramTest, AHangUpReadsTheLogLevelAgain) {
  const std::string config = Webhook();
  ChildProcess program({AFTERCARE_GATEWAY, "--config", config});
  ASSERT_TRUE(program.AwaitOut("sending messages of"));
  WriteFile(config, ReadFile(config) + "log_level: 'debug'\n");
  program.Signal(SIGHUP);
  EXPECT_TRUE(program.AwaitOut("log_level is debug"));
  WriteFile(config, "colour: 'red'");
  program.Signal(SIGHUP);
  EXPECT_TRUE(program.AwaitOut("nothing was reloaded"));
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait().exit_code, 0);
}

TEST_F(ProgramTest, WithoutAChannelItSaysWhatIsMissing) {
  const ProcessResult outcome = RunProgram({AFTERCARE_GATEWAY});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("at least one channel must be there"));
}

TEST_F(ProgramTest, ItShowsItsConfigurationWithoutSecrets) {
  const ProcessResult outcome = RunProgram({AFTERCARE_GATEWAY, "--config", Webhook(), "--print-config"},
                                           {.environment = {"AFTERCARE_GATEWAY_PARENT=clinics/riverside"}});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("parent: \"clinics/riverside\""), HasSubstr("secret: \"***\""),
                                 Not(HasSubstr("0123456789abcdef"))));
}

TEST_F(ProgramTest, AStopWaitsForWhatIsBeingSentAndTheLogTellsNothingOfPatients) {
  ChildProcess program = Begin();
  receiver.Hold();
  server.Offer(MakeLease("one", v1::CHANNEL_WEBHOOK, "patient-7"));
  receiver.Await(1);
  program.Signal(SIGTERM);
  EXPECT_TRUE(server.AwaitClosed(1)) << "it takes nothing more";
  receiver.Release();
  const ProcessResult outcome = program.Wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("sent clinics/riverside/enrollments/ana/reminders/ice.one"),
                                 HasSubstr("stopped"), Not(HasSubstr("Ice pack")), Not(HasSubstr("patient-7"))));
  for (const absl::string_view line : absl::StrSplit(outcome.out, '\n', absl::SkipEmpty())) {
    google::protobuf::Struct object;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(std::string(line), &object).ok()) << line;
  }
}

TEST_F(ProgramTest, TheLogTellsNothingOfRepliesNorOfWhatAnswersThem) {
  const int port = FreePort();
  const std::string config = directory.Write(
      "sms.textproto",
      absl::StrCat("server: '", server.address(), "' sms { url: '", receiver.url(),
                   "' username: 'u' password: 'p' from: '1' callback_listen: '127.0.0.1:", port,
                   "' callback_token: '0123456789abcdef' default_clinic: 'clinics/riverside' }"));
  ChildProcess program({AFTERCARE_GATEWAY, "--config", config, "--log-level=debug"});
  ASSERT_TRUE(program.AwaitOut("callbacks on port"));
  httplib::Client client("127.0.0.1", port);
  client.set_read_timeout(std::chrono::minutes(5));
  const auto reply = [&](const std::string& from) {
    const auto answer = client.Get("/kannel/0123456789abcdef/reply?to=1&coding=0&text=my+words&from=" + from);
    return answer ? answer->status : 0;
  };
  server.AutoReply("our words");
  EXPECT_EQ(reply("15550111"), 200);
  receiver.Await(1);
  EXPECT_TRUE(program.AwaitOut("an automatic reply was sent"));
  receiver.Answer(400);
  EXPECT_EQ(reply("15550111"), 200);
  EXPECT_TRUE(program.AwaitOut("an automatic reply was not sent: HTTP_400"));
  EXPECT_EQ(reply("15550111%0A"), 400);
  server.AnswerReplies(grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(reply("15550111"), 503);
  program.Signal(SIGTERM);
  const ProcessResult outcome = program.Wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("a reply cannot be recorded"), HasSubstr("was not taken"),
                                 Not(HasSubstr("15550111")), Not(HasSubstr("my words")), Not(HasSubstr("our words"))));
}

TEST_F(ProgramTest, ASecondSignalStopsItAtOnce) {
  ChildProcess program = Begin();
  receiver.Hold();
  server.Offer(MakeLease("one", v1::CHANNEL_WEBHOOK, "patient-7"));
  receiver.Await(1);
  program.Signal(SIGTERM);
  EXPECT_TRUE(program.AwaitOut("stopping on SIGTERM"));
  EXPECT_TRUE(server.AwaitClosed(1));
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait().exit_code, 130);
}

TEST_F(ProgramTest, AnAddressForCallbacksThatIsTakenIsSaid) {
  const std::string config = directory.Write(
      "sms.textproto",
      absl::StrCat("sms { url: 'http://127.0.0.1:1/' username: 'u' password: 'p' from: '1' callback_listen: '",
                   server.address(), "' callback_token: '0123456789abcdef' "
                   "default_clinic: 'clinics/riverside' }"));
  const ProcessResult outcome = RunProgram({AFTERCARE_GATEWAY, "--config", config});
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.err, HasSubstr(server.address()));
}

}  // namespace
}  // namespace aftercare::gateway
