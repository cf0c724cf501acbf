#ifndef AFTERCARE_TESTS_HISTORY_WATCH_H_
#define AFTERCARE_TESTS_HISTORY_WATCH_H_

#include <deque>
#include <string>
#include <utility>

#include "tests/history/test_run.h"

namespace aftercare::history {

// How somebody watches.
struct Habits {
  bool rewinds = false;  // goes on from an older token now and then
  bool slow = false;     // takes its time with each message
  bool breaks = false;   // breaks watches off
  int joins_after = 0;   // so many calls
};

// Watches a clinic across restarts of its server, to the end of the log. For one thread.
class WatcherRun {
 public:
  // `watcher` says where it starts, and by which filter.
  WatcherRun(TestRun& run, const Place& place, Watcher watcher, const Habits& habits, uint64_t seed);

  // Until the end of the log is reached, when the run is finished.
  void Run();

 private:
  // A place in the log, and how many events there are to it.
  using Token = std::pair<std::string, int>;

  bool List(e2e::Client& client);
  // One watch, until it breaks. True if it reached the end.
  bool Watch(e2e::Client& client);
  void Take(const v1::WatchEventsResponse& response, int* position);
  Token Choose();

  TestRun& run_;
  Watcher watcher_;
  const Habits habits_;
  Chance chance_;
  bool started_ = false;      // it knows where it starts
  std::deque<Token> tokens_;  // the newest last
};

// The whole log of a clinic, read from before all else, as places in the history. When nothing happens any more.
std::vector<int> ReadLog(TestRun& run, const Place& place);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_WATCH_H_
