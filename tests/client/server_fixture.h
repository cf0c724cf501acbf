#ifndef AFTERCARE_TESTS_CLIENT_SERVER_FIXTURE_H_
#define AFTERCARE_TESTS_CLIENT_SERVER_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/client/output.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace aftercare::client {

// The pathway that the tests use.
inline constexpr char kPathway[] = AFTERCARE_SOURCE_DIR "/deploy/pathways/knee_stem_cell.textproto";

// Runs a server on a new database, and the program `aftercare` against it, as a user does.
class ServerFixture : public testing::Test {
 protected:
  ServerFixture() { StartServer(); }

  // StopServer stops the server with SIGTERM, and expects exit code 0. KillServer kills it with SIGKILL. Both wait for
  // its end.
  void StopServer();
  void KillServer();
  // Starts the server. Uses the same port and database as before, or any free port the first time.
  void StartServer();

  // Runs `aftercare` and waits for its end. `columns` as in ProcessOptions.
  ProcessResult Aftercare(const std::vector<std::string>& arguments, int columns = 0) const;

  // Runs `aftercare` and fails the test unless it ends with exit code 0. Returns what it printed.
  std::string Must(const std::vector<std::string>& arguments) const;

  // Starts `aftercare` and does not wait for its end.
  std::unique_ptr<ChildProcess> Begin(const std::vector<std::string>& arguments) const;

  // Makes a sandbox `demo` in New York with kPathway as `knee` and one enrollment, `ana`. Its clock stands at 9:00
  // local time on 2 March 2026, the date of the procedure.
  void MakeSandbox() const;

  std::string Path(const std::string& name) const { return directory_.File(name); }
  std::vector<std::string> environment() const { return {"AFTERCARE_SERVER=" + address()}; }

 private:
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  TempDir directory_;
  int port_ = 0;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_TESTS_CLIENT_SERVER_FIXTURE_H_
