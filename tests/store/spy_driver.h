// A driver that wraps another one. It records what the store does with the database, and injects failures.
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

// What a spy driver has recorded, and which calls it lets fail. Injected failures are UNAVAILABLE. Thread safe, except
// for on_commit.
class Spy {
 public:
  // Returns the number of commits of writers' connections that have succeeded so far.
  int commits() const { return commits_; }

  // Called on the writer's thread after each commit that succeeded. May be empty. Must be set before the first Submit.
  std::function<void()> on_commit;

  // Makes the commits from now on fail (true) or succeed (false).
  void FailCommits(bool fail) { fail_commits_ = fail; }

  // Makes one step of the writer fail as on a full disk: the step number `countdown` from now, where 1 is the next.
  // With `loses_transaction` the transaction is rolled back too, as SQLite may do. Otherwise only the statement fails.
  // Begin, Commit and each step of a statement count as steps.
  void FailStep(int countdown, bool loses_transaction) {
    loses_transaction_ = loses_transaction;
    countdown_ = countdown;
  }
  // Calls the failure of FailStep off. Returns whether it had not happened yet.
  bool CallOffFailure() { return countdown_.exchange(0) > 0; }

  // Returns the SQL of all statements prepared so far, on all connections.
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

// Wrap a driver, or a single connection. `writes` says whether the connection is a writer's. `spy` must outlive the
// result.
std::unique_ptr<Driver> WithSpy(std::unique_ptr<Driver> driver, Spy& spy);
std::unique_ptr<Connection> WithSpy(std::unique_ptr<Connection> connection, Spy& spy, bool writes);

}  // namespace aftercare::store

#endif  // AFTERCARE_TESTS_STORE_SPY_DRIVER_H_
