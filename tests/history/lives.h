#ifndef AFTERCARE_TESTS_HISTORY_LIVES_H_
#define AFTERCARE_TESTS_HISTORY_LIVES_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "tests/crash/running.h"

namespace aftercare::history {

using ClientPtr = std::shared_ptr<e2e::Client>;

// One database, and the servers that serve it one after another. Begin, End and Stillbirth are for one thread, Await
// for all.
class Lives {
 public:
  explicit Lives(std::string database) : database_(std::move(database)) {}

  // Starts a server. False if it does not come up.
  bool Begin();

  // Ends it by a signal. What came of it, as Process::Wait says.
  int End(int signal);

  // Starts a server and kills it after `age`, be it ready or not.
  void Stillbirth(absl::Duration age);

  // A client of the server that runs, if it is another one than that of `gone`; else waits for it. Null if none comes
  // in a minute, or there will be none.
  ClientPtr Await(const ClientPtr& gone);

  // There will be no more servers.
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

#endif  // AFTERCARE_TESTS_HISTORY_LIVES_H_
