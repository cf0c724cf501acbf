#include "tests/client/world.h"

#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "services/client/common/terminal.h"

namespace aftercare::client {

World::World() {
  std::string name = std::filesystem::temp_directory_path() / "aftercare-client-XXXXXX";
  EXPECT_NE(mkdtemp(name.data()), nullptr);
  directory_ = name;
  StartServer();
}

World::~World() {
  server_.reset();
  std::filesystem::remove_all(directory_);
}

void World::StartServer() {
  server_ = Process::Start({AFTERCARE_SERVER, absl::StrCat("--listen=127.0.0.1:", port_),
                            absl::StrCat("--database=", Path("aftercare.db"))});
  const std::string said = "serving on port ";
  ASSERT_TRUE(server_->AwaitOut("database")) << server_->Wait().err;
  const std::string out = server_->out();
  const size_t begin = out.find(said);
  ASSERT_NE(begin, std::string::npos) << out;
  port_ = out.substr(begin + said.size(), out.find(' ', begin + said.size()) - begin - said.size());
}

void World::StopServer() {
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->Wait().exit, 0);
}

void World::KillServer() {
  server_->Signal(SIGKILL);
  EXPECT_EQ(server_->Wait().exit, 128 + SIGKILL);
}

std::unique_ptr<Process> World::Begin(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command = {AFTERCARE_CLIENT};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return Process::Start(command, environment());
}

Outcome World::Aftercare(const std::vector<std::string>& arguments, int columns) const {
  std::vector<std::string> command = {AFTERCARE_CLIENT};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return RunProgram(command, environment(), columns);
}

std::string World::Must(const std::vector<std::string>& arguments) const {
  const Outcome outcome = Aftercare(arguments);
  EXPECT_EQ(outcome.exit, 0) << testing::PrintToString(arguments) << "\n" << outcome.err;
  return outcome.out;
}

void World::MakeSandbox() const {
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

std::string ReadFile(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

void ExpectPlain(const std::string& text, int columns) {
  for (const std::string& line : LinesOf(text)) {
    EXPECT_LE(DisplayWidth(line), columns) << line;
    for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << line;
  }
}

}  // namespace aftercare::client
