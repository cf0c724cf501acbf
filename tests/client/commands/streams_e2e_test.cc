// The commands that run until they are told to stop.
#include <signal.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class StreamsE2eTest : public ServerFixture {
 protected:
  // A watch that has begun: something that happens from now on is seen.
  std::unique_ptr<ChildProcess> BeginWatch(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), "watch");
    std::unique_ptr<ChildProcess> watch = Begin(more);
    EXPECT_TRUE(watch->AwaitErr("Watching ")) << watch->out();
    return watch;
  }
};

TEST_F(StreamsE2eTest, AWatchShowsWhatHappensAndEndsCleanly) {
  MakeSandbox();
  const auto watch = BeginWatch();
  Must({"clock", "advance", "--to", "2026-03-03T08:00"});
  EXPECT_TRUE(watch->AwaitOut("2026-03-03 08:00  reminder  due        ana/ice-am.2026-03-03  P-17 initial-reaction\n"));
  Must({"deliver", "--once"});
  EXPECT_TRUE(watch->AwaitOut("reminder  sent       ana/ice-am.2026-03-03"));
  watch->Signal(SIGINT);
  const ProcessResult outcome = watch->Wait();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("--from-token "));
  ExpectPlain(outcome.out, 100);
}

TEST_F(StreamsE2eTest, AWatchGoesOnFromWhereAnotherStopped) {
  MakeSandbox();
  const auto first = BeginWatch();
  first->Signal(SIGTERM);
  const std::string err = first->Wait().err;
  const size_t command = err.find("aftercare watch ");
  ASSERT_NE(command, std::string::npos) << err;
  Must({"clock", "advance", "--to", "2026-03-03T08:00"});
  // As printed, but for the program's name.
  std::vector<std::string> again = Words(LinesOf(err.substr(command))[0]);
  again.erase(again.begin());
  again.push_back("--json");
  const auto second = Begin(again);
  EXPECT_TRUE(second->AwaitOut("EVENT_TYPE_CLINIC_CLOCK_MOVED"));
  second->Signal(SIGINT);
  const ProcessResult outcome = second->Wait();
  ASSERT_EQ(ObjectsOf(outcome.out).size(), 5u);  // Three came due, one of them too late; then the clock stands there.
  EXPECT_EQ(TextOf(ObjectsOf(outcome.out)[0], "type"), "EVENT_TYPE_REMINDER_CHANGED");
}

TEST_F(StreamsE2eTest, AWatchShowsOnlyWhatItsFilterSelects) {
  MakeSandbox();
  const auto watch = BeginWatch({"--state", "sent"});
  Must({"clock", "advance", "--to", "2026-03-03T08:00"});
  Must({"deliver", "--once"});
  EXPECT_TRUE(watch->AwaitOut("sent"));
  EXPECT_THAT(watch->out(), Not(HasSubstr("due  ")));
  watch->Signal(SIGINT);
  EXPECT_EQ(watch->Wait().exit_code, 0);
}

TEST_F(StreamsE2eTest, AWatchOutlivesARestartOfTheServerAndMissesNothing) {
  MakeSandbox();
  const auto watch = BeginWatch();
  Must({"clock", "advance", "--to", "2026-03-03T08:00"});
  EXPECT_TRUE(watch->AwaitOut("ana/ice-am.2026-03-03"));
  StopServer();
  EXPECT_TRUE(watch->AwaitErr("going on from the last event"));
  StartServer();
  Must({"clock", "advance", "--to", "2026-03-03T13:00"});
  EXPECT_TRUE(watch->AwaitOut("ana/ice-noon.2026-03-03"));
  watch->Signal(SIGINT);
  const ProcessResult outcome = watch->Wait();
  EXPECT_EQ(outcome.exit_code, 0);
  std::vector<std::string> reminders;
  for (const std::string& line : LinesOf(outcome.out)) {
    if (absl::StrContains(line, "  reminder  due")) reminders.push_back(line);
  }
  EXPECT_THAT(reminders, ElementsAre(HasSubstr("ana/welcome.2026-03-02"), HasSubstr("ana/baseline.2026-03-02"),
                                     HasSubstr("ana/ice-am.2026-03-03"), HasSubstr("ana/when-to-call.2026-03-03"),
                                     HasSubstr("ana/ice-noon.2026-03-03")));  // Each once.
}

TEST_F(StreamsE2eTest, ATokenNobodyGaveIsRefused) {
  MakeSandbox();
  const ProcessResult outcome = Aftercare({"watch", "--from-token", "nonsense"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("INVALID_RESUME_TOKEN"));
}

TEST_F(StreamsE2eTest, AGatewaySendsWhatComesDueWhileItWaits) {
  MakeSandbox();
  const auto gateway = Begin({"deliver"});
  Must({"clock", "advance", "--to", "2026-03-03T08:00"});
  EXPECT_TRUE(gateway->AwaitOut("ana/ice-am.2026-03-03"));
  Must({"clock", "advance", "--to", "2026-03-03T10:30"});
  EXPECT_TRUE(gateway->AwaitOut("ana/when-to-call.2026-03-03"));
  gateway->Signal(SIGINT);
  const ProcessResult outcome = gateway->Wait();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.err, "3 messages sent.\n");
}

TEST_F(StreamsE2eTest, AGatewayOutlivesARestartOfTheServer) {
  MakeSandbox();
  const auto gateway = Begin({"deliver"});
  Must({"clock", "advance", "--to", "2026-03-03T08:00"});
  EXPECT_TRUE(gateway->AwaitOut("ana/ice-am.2026-03-03"));
  StopServer();
  EXPECT_TRUE(gateway->AwaitErr("No answer from the server"));
  StartServer();
  Must({"clock", "advance", "--to", "2026-03-03T10:30"});
  EXPECT_TRUE(gateway->AwaitOut("ana/when-to-call.2026-03-03"));
  gateway->Signal(SIGTERM);
  EXPECT_EQ(gateway->Wait().exit_code, 0);
}

}  // namespace
}  // namespace aftercare::client
