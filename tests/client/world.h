#ifndef AFTERCARE_TESTS_CLIENT_WORLD_H_
#define AFTERCARE_TESTS_CLIENT_WORLD_H_

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"
#include "tests/client/process.h"

namespace aftercare::client {

// The pathway the tests live by.
inline constexpr char kPathway[] = AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto";

// A server of the test's own, with a database of its own, and the program that talks to it.
class World : public testing::Test {
 protected:
  World();
  ~World() override;

  // Starts the server again, where it was, on what it stored.
  void StopServer();
  void KillServer();
  void StartServer();

  // Runs `aftercare` to its end. `columns` as for Process.
  Outcome Aftercare(const std::vector<std::string>& arguments, int columns = 0) const;

  // The same, where it must succeed: what it printed.
  std::string Must(const std::vector<std::string>& arguments) const;

  // Starts it.
  std::unique_ptr<Process> Begin(const std::vector<std::string>& arguments) const;

  // A sandbox called `demo` at 9 in the morning of 2 March 2026 in New York, with the pathway and one patient, `ana`.
  void MakeSandbox() const;

  std::string Path(const std::string& name) const { return directory_ + "/" + name; }
  std::vector<std::string> environment() const { return {"AFTERCARE_SERVER=127.0.0.1:" + port_}; }

 private:
  std::string directory_;
  std::string port_ = "0";
  std::unique_ptr<Process> server_;
};

// Lines without their line feeds.
std::vector<std::string> LinesOf(const std::string& text);

// The words of a command, split at blanks.
std::vector<std::string> Words(const std::string& command);

// Objects, one a line; a failure for anything else.
std::vector<google::protobuf::Struct> ObjectsOf(const std::string& text);

// A member of an object that is text.
std::string TextOf(const google::protobuf::Struct& object, const std::string& name);

// A file's content, and the other way round.
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& content);

// Fails where the text has a line wider than that, or a control character other than a line feed.
void ExpectPlain(const std::string& text, int columns);

}  // namespace aftercare::client

#endif  // AFTERCARE_TESTS_CLIENT_WORLD_H_
