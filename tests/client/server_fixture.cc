#include "tests/client/server_fixture.h"

#include <signal.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "services/client/common/terminal.h"

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

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> Words(const std::string& command) { return absl::StrSplit(command, ' ', absl::SkipEmpty()); }

std::vector<google::protobuf::Struct> ObjectsOf(const std::string& text) {
  std::vector<google::protobuf::Struct> objects;
  for (const std::string& line : LinesOf(text)) {
    const auto status = google::protobuf::util::JsonStringToMessage(line, &objects.emplace_back());
    EXPECT_TRUE(status.ok()) << line << "\n" << status.ToString();
  }
  return objects;
}

std::string TextOf(const google::protobuf::Struct& object, const std::string& name) {
  const auto member = object.fields().find(name);
  return member == object.fields().end() ? "" : member->second.string_value();
}

void ExpectPlain(const std::string& text, int columns) {
  for (const std::string& line : LinesOf(text)) {
    EXPECT_LE(DisplayWidth(line), columns) << line;
    for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << line;
  }
}

}  // namespace aftercare::client
