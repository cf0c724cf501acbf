// `aftercare watch --resume`: where a watch has come to outlives it.
#include <signal.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

class WatchE2eTest : public ServerFixture {
 protected:
  WatchE2eTest() { MakeSandbox(); }

  // A watch that has begun: something that happens from now on is seen.
  std::unique_ptr<ChildProcess> BeginWatch() const {
    std::unique_ptr<ChildProcess> watch = Begin({"watch", "--json", "--resume", File()});
    EXPECT_TRUE(watch->AwaitErr("Watching ")) << watch->out();
    return watch;
  }
  std::string File() const { return Path("token"); }
  void Enrol(const std::string& id) const {
    Must({"enroll", "--id", id, "--patient", absl::StrCat("P-", id), "--first-name", "Bo", "--pathway", "knee",
          "--procedure-date", "2026-03-02", "--sms", "+15550101", "--consent", "granted"});
  }
  // Ids of the enrollments of the events it printed.
  static std::vector<std::string> Enrolled(const std::string& out) {
    std::vector<std::string> ids;
    for (const auto& event : ObjectsOf(out)) {
      const std::string name = TextOf(event, "enrollment");
      ids.push_back(name.substr(name.rfind('/') + 1));
    }
    return ids;
  }
};

TEST_F(WatchE2eTest, AWatchGoesOnWhereTheOneBeforeStopped) {
  {
    const auto watch = BeginWatch();
    Enrol("one");
    EXPECT_TRUE(watch->AwaitOut("enrollments/one"));
    watch->Signal(SIGINT);
    const ProcessResult outcome = watch->Wait();
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(outcome.err, HasSubstr(absl::StrCat("--resume ", File())));
  }
  Enrol("two");
  Enrol("three");
  const auto watch = BeginWatch();
  EXPECT_TRUE(watch->AwaitOut("enrollments/three"));
  watch->Signal(SIGINT);
  EXPECT_THAT(Enrolled(watch->Wait().out), testing::ElementsAre("two", "three"));
}

TEST_F(WatchE2eTest, WhatHappensBeforeTheFirstEventIsNotMissedByTheNextWatch) {
  BeginWatch()->Signal(SIGKILL);
  Enrol("one");
  const auto watch = BeginWatch();
  EXPECT_TRUE(watch->AwaitOut("enrollments/one"));
  watch->Signal(SIGINT);
  EXPECT_EQ(watch->Wait().exit_code, 0);
}

TEST_F(WatchE2eTest, AfterACrashNothingIsLeftOutAndAtMostTheLastMessageComesAgain) {
  std::vector<std::string> seen;
  for (int round = 0; round < 5; ++round) {
    const auto watch = BeginWatch();
    const std::string id = absl::StrCat("e", round);
    Enrol(id);
    EXPECT_TRUE(watch->AwaitOut(absl::StrCat("enrollments/", id)));
    watch->Signal(SIGKILL);
    for (const std::string& each : Enrolled(watch->Wait().out)) {
      if (seen.empty() || seen.back() != each) seen.push_back(each);
    }
  }
  EXPECT_THAT(seen, testing::ElementsAre("e0", "e1", "e2", "e3", "e4"));
}

TEST_F(WatchE2eTest, AKilledServerDoesNotEndAWatchNorMakeItMissAnything) {
  const auto watch = BeginWatch();
  for (int round = 0; round < 3; ++round) {
    Enrol(absl::StrCat("before", round));
    KillServer();
    StartServer();
    Enrol(absl::StrCat("after", round));
  }
  EXPECT_TRUE(watch->AwaitOut("enrollments/after2"));
  watch->Signal(SIGINT);
  EXPECT_THAT(Enrolled(watch->Wait().out),
              testing::ElementsAre("before0", "after0", "before1", "after1", "before2", "after2"));
}

// The server is put back to an older copy, so that its log does not reach where the file says.
TEST_F(WatchE2eTest, AnExpiredTokenIsExplained) {
  StopServer();
  std::filesystem::copy_file(Path("aftercare.db"), Path("copy.db"));
  StartServer();
  Enrol("one");
  {
    const auto watch = BeginWatch();
    watch->Signal(SIGINT);
    watch->Wait();
  }
  StopServer();
  std::filesystem::rename(Path("copy.db"), Path("aftercare.db"));
  StartServer();
  const ProcessResult outcome = Aftercare({"watch", "--resume", File()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("RESUME_TOKEN_EXPIRED"));
  EXPECT_THAT(outcome.err, HasSubstr(absl::StrCat("Remove ", File(), " and watch again")));
}

TEST_F(WatchE2eTest, AFileThatHoldsNoTokenIsAUsageError) {
  WriteFile(File(), "not a token\n");
  const ProcessResult outcome = Aftercare({"watch", "--resume", File()});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("holds no token"));
  EXPECT_EQ(ReadFile(File()), "not a token\n");
}

TEST_F(WatchE2eTest, AFileAndATokenTogetherAreAUsageError) {
  EXPECT_EQ(Aftercare({"watch", "--resume", File(), "--from-token", "x"}).exit_code, 2);
}

TEST_F(WatchE2eTest, OutputThatCannotBeWrittenEndsTheWatchAndKeepsNoTokenOfIt) {
  {
    const auto watch = BeginWatch();
    watch->Signal(SIGINT);
    watch->Wait();
  }
  const std::string before = ReadFile(File());
  Enrol("one");
  const ProcessResult outcome =
      RunProgram({"/bin/sh", "-c", absl::StrCat(AFTERCARE_CLIENT, " watch --resume ", File(), " > /dev/full")},
                 {.environment = environment()});
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("cannot write standard output"));
  EXPECT_EQ(ReadFile(File()), before);
}

}  // namespace
}  // namespace aftercare::client
