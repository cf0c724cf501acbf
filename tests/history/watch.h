#ifndef AFTERCARE_TESTS_HISTORY_WATCH_H_
#define AFTERCARE_TESTS_HISTORY_WATCH_H_

#include <deque>
#include <string>
#include <utility>

#include "tests/history/test_run.h"

namespace aftercare::history {

// How a watcher behaves.
struct Habits {
  bool rewinds = false;  // resumes from older tokens now and then
  bool slow = false;     // waits for more calls of the run after each message
  bool breaks = false;   // cancels its watches now and then
  int joins_after = 0;   // begins once this many calls of the run have succeeded
};

// Watches a clinic across restarts of its server until the end of the log. Records what it sees. For one thread.
class WatcherRun {
 public:
  // `watcher` gives its name, where it starts, and its filter.
  WatcherRun(TestRun& run, const Place& place, Watcher watcher, const Habits& habits, uint64_t seed);

  // Watches until `run.finished` is true and the end of the log is reached.
  void Run();

 private:
  // A resume token, and how many events this watcher had seen up to it.
  using Token = std::pair<std::string, int>;

  bool List(e2e::Client& client);
  // Runs one watch until it breaks or the log ends. Returns whether the log ended.
  bool Watch(e2e::Client& client);
  void Take(const v1::WatchEventsResponse& response, int* position);
  Token Choose();

  TestRun& run_;
  Watcher watcher_;
  const Habits habits_;
  Chance chance_;
  bool started_ = false;      // the watcher has a token to start from, or its first message
  std::deque<Token> tokens_;  // the newest last
};

// Reads the whole log of a clinic from the beginning. Returns the indexes of its events in History.events. Must be
// called when there are no new events any more.
std::vector<int> ReadLog(TestRun& run, const Place& place);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_WATCH_H_
