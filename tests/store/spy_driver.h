// A driver in front of another, which notes what the store does with the database, and lets it fail where a test says.
#ifndef AFTERCARE_TESTS_STORE_SPY_DRIVER_H_
#define AFTERCARE_TESTS_STORE_SPY_DRIVER_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "scheduler/store/driver.h"

namespace aftercare::store {

// What is noted, and what shall fail. May be used from any thread.
class Spy {
 public:
  // Of writers' connections, so far.
  int commits() const { return commits_; }

  // Called on the writer's thread after each commit that succeeded. To be set before the first Submit.
  std::function<void()> on_commit;

  // From now on commits fail, or no longer do.
  void FailCommits(bool fail) { fail_commits_ = fail; }

  // The writer's step number `countdown` from now (1: the next) fails as on a full disk: SQLite gives up the
  // transaction if `loses_transaction`, else only the statement fails. Beginning and committing count as steps.
  void FailStep(int countdown, bool loses_transaction) {
    loses_transaction_ = loses_transaction;
    countdown_ = countdown;
  }
  // Whether that step has not come yet; it is called off.
  bool CallOffFailure() { return countdown_.exchange(0) > 0; }

  // Statements prepared so far, on all connections.
  std::set<std::string> statements();

 private:
  friend class SpyConnection;
  friend class SpyStatement;

  bool IsTimeToFail() { return countdown_ > 0 && --countdown_ == 0; }

  std::atomic<int> commits_ = 0;
  std::atomic<bool> fail_commits_ = false;
  std::atomic<int> countdown_ = 0;
  std::atomic<bool> loses_transaction_ = false;
  std::mutex mutex_;
  std::set<std::string> statements_;
};

// The spy outlives the driver.
std::unique_ptr<Driver> WithSpy(std::unique_ptr<Driver> driver, Spy& spy);
std::unique_ptr<Connection> WithSpy(std::unique_ptr<Connection> connection, Spy& spy, bool writes);

}  // namespace aftercare::store

#endif  // AFTERCARE_TESTS_STORE_SPY_DRIVER_H_
