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

// Takes down what all clients see, in one order. Thread safe.
class Recorder {
 public:
  explicit Recorder(uint64_t seed) { history_.set_seed(seed); }

  // Notes that a call is about to be made, and that it has ended.
  void Ask(Observation* observation);
  void Answer(Observation* observation);

  // A moment of now, by its place among all moments.
  int64_t Moment();

  // What became of a call.
  void Add(Observation observation);
  void Add(Watcher watcher);
  void Add(const Listed& listed);
  // What a watch saw, from the watcher's `from`-th event on.
  void Seen(const std::string& watcher, int from, const std::vector<v1::Event>& events);

  // The place of an event in the history. Its token is of no account.
  int Intern(v1::Event event);

  // Waits until `count` more calls have succeeded, or there will be no more. False if it took more than a minute.
  bool AwaitMore(int64_t count);
  void NoMore();

  // How many calls have succeeded.
  int64_t done();

  // All of it. Nothing may be recorded afterwards.
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

// Writes a history to a file, and reads one.
bool Save(const History& history, const std::string& path);
absl::StatusOr<History> Load(const std::string& path);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_RECORDER_H_
