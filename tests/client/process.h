#ifndef AFTERCARE_TESTS_CLIENT_PROCESS_H_
#define AFTERCARE_TESTS_CLIENT_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace aftercare::client {

// What a program left behind.
struct Outcome {
  int exit = -1;  // 128 + n if signal n ended it.
  std::string out;
  std::string err;
};

// A program under way. Its input is empty. Thread safe.
class Process {
 public:
  // Starts it, with `environment` (NAME=VALUE) on top of this process's own. With `columns`, its output is a terminal
  // of that width.
  static std::unique_ptr<Process> Start(const std::vector<std::string>& command,
                                        const std::vector<std::string>& environment = {}, int columns = 0);

  // Kills it if it still runs.
  ~Process();

  // Waits until its output, or its errors, contain the text; false if it ends first, or after a minute.
  bool AwaitOut(const std::string& text);
  bool AwaitErr(const std::string& text);

  // What it has written so far.
  std::string out() const;

  void Signal(int number) const;

  // Waits for its end.
  Outcome Wait();

 private:
  Process() = default;
  void Read(int descriptor, std::string* into);
  bool Await(const std::string* where, const std::string& text);

  pid_t pid_ = -1;
  bool waited_ = false;
  mutable absl::Mutex mutex_;
  std::string out_ ABSL_GUARDED_BY(mutex_);
  std::string err_ ABSL_GUARDED_BY(mutex_);
  int open_ ABSL_GUARDED_BY(mutex_) = 2;  // Streams that have not ended.
  std::vector<std::thread> readers_;
};

// Starts it and waits for its end.
Outcome RunProgram(const std::vector<std::string>& command, const std::vector<std::string>& environment = {},
                   int columns = 0);

}  // namespace aftercare::client

#endif  // AFTERCARE_TESTS_CLIENT_PROCESS_H_
