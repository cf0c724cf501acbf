#ifndef AFTERCARE_TESTS_HISTORY_SERVER_UNDER_TEST_H_
#define AFTERCARE_TESTS_HISTORY_SERVER_UNDER_TEST_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "tests/crash/running.h"

namespace aftercare::history {

using ClientPtr = std::shared_ptr<e2e::Client>;

// One database, and the server processes that serve it one after another. AwaitClient and Close are thread safe. The
// rest is for one thread.
class ServerUnderTest {
 public:
  explicit ServerUnderTest(std::string database) : database_(std::move(database)) {}

  // Starts a server. Returns false if it does not come up.
  bool Start();

  // Sends the server a signal that ends it, and waits for its end. Returns its exit code, as in ProcessResult.
  int Stop(int signal);

  // Starts a server and kills it after `age`, even if it is not ready. Clients never see this server.
  void StartAndKill(absl::Duration age);

  // Waits until a server runs whose client is not `gone`, and returns its client. If `gone` is null, any server
  // will do. Returns null after five minutes, or if Close was called.
  ClientPtr AwaitClient(const ClientPtr& gone);

  // Says that no more servers will be started. Ends all waits of AwaitClient.
  void Close();

 private:
  const std::string database_;
  std::unique_ptr<crash::Running> server_;
  std::mutex mutex_;
  std::condition_variable changed_;
  ClientPtr client_;  // null while there is no server
  bool closed_ = false;
};

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_SERVER_UNDER_TEST_H_
