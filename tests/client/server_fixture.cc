#include "tests/client/server_fixture.h"

#include <signal.h>

#include <memory>

#include "absl/strings/str_cat.h"

namespace aftercare::client {

namespace {

// The command line of `aftercare`.
std::vector<std::string> CommandOf(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {AFTERCARE_CLIENT};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace

void ServerFixture::StartServer() {
  server_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{AFTERCARE_SERVER, "--listen=" + address(), "--database=" + Path("aftercare.db")});
  port_ = AwaitPort(*server_);
  ASSERT_NE(port_, 0) << server_->Wait().err;
}

void ServerFixture::StopServer() {
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->Wait().exit_code, 0);
}

void ServerFixture::KillServer() {
  server_->Signal(SIGKILL);
  EXPECT_EQ(server_->Wait().exit_code, 128 + SIGKILL);
}

std::unique_ptr<ChildProcess> ServerFixture::Begin(const std::vector<std::string>& arguments) const {
  return std::make_unique<ChildProcess>(CommandOf(arguments), ProcessOptions{.environment = environment()});
}

ProcessResult ServerFixture::Aftercare(const std::vector<std::string>& arguments, int columns) const {
  return RunProgram(CommandOf(arguments), {.environment = environment(), .columns = columns});
}

std::string ServerFixture::Must(const std::vector<std::string>& arguments) const {
  const ProcessResult outcome = Aftercare(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << testing::PrintToString(arguments) << "\n" << outcome.err;
  return outcome.out;
}

void ServerFixture::MakeSandbox() const {
  Must({"clinic", "create", "demo", "--name", "Lakeside", "--zone", "America/New_York", "--phone", "555-0100",
        "--test-clock", "2026-03-02T09:00"});
  Must({"pathway", "put", kPathway, "--id", "knee"});
  Must({"enroll", "--id", "ana", "--patient", "P-17", "--first-name", "Ana", "--pathway", "knee", "--procedure-date",
        "2026-03-02", "--factor", "severity=severe", "--sms", "+15550100", "--consent", "granted"});
}

}  // namespace aftercare::client
