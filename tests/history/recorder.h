#ifndef AFTERCARE_TESTS_HISTORY_RECORDER_H_
#define AFTERCARE_TESTS_HISTORY_RECORDER_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/history/history.pb.h"

namespace aftercare::history {

// Records what all clients of a run see, as one history. Numbers the moments of calls in one order for all clients.
// Thread safe.
class Recorder {
 public:
  explicit Recorder(uint64_t seed) { history_.set_seed(seed); }

  // Set the moment and the host's time of a call in `observation`: Ask before the call, Answer after its end.
  void Ask(Observation* observation);
  void Answer(Observation* observation);

  // Returns a new moment. Moments are numbered in the order in which they were taken.
  int64_t Moment();

  // Add an entry to the history.
  void Add(Observation observation);
  void Add(Watcher watcher);
  void Add(const Listed& listed);
  // Adds events that a watch saw. The watcher had seen `from` events before them.
  void Seen(const std::string& watcher, int from, const std::vector<v1::Event>& events);

  // Returns the index of the event in History.events. Adds it if it is new. Ignores its resume token.
  int Intern(v1::Event event);

  // Waits until `count` more calls have succeeded, or NoMore was called. Returns false after five minutes.
  bool AwaitMore(int64_t count);
  // Ends all waits of AwaitMore, now and later.
  void NoMore();

  // Returns how many calls have succeeded so far.
  int64_t done();

  // Returns the history. Nothing may be recorded afterwards.
  History Take();

 private:
  int InternLocked(v1::Event event);

  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t moments_ = 0;
  int64_t done_ = 0;
  bool no_more_ = false;
  std::unordered_map<std::string, int> places_;
  History history_;
};

// Write a history to a file in text format, and read one. Save returns false if it fails.
bool Save(const History& history, const std::string& path);
absl::StatusOr<History> Load(const std::string& path);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_RECORDER_H_
