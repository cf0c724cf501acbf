// Starts programs from tests, reads their output, signals them and waits for their end.
#ifndef AFTERCARE_TESTS_SUPPORT_PROCESS_H_
#define AFTERCARE_TESTS_SUPPORT_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "scheduler/sync.h"

namespace aftercare {

// How a program ended, and all that it wrote.
struct ProcessResult {
  int exit_code = -1;  // 128 + n if signal n ended the program; 127 if it could not be started.
  std::string out;
  std::string err;
};

struct ProcessOptions {
  // Entries NAME=VALUE, which are added to the environment of this process. AFTERCARE_*, NO_COLOR and COLUMNS are not
  // inherited: a program must not depend on where the tests run. AFTERCARE_OPS_LISTEN is `off` and TERM is `xterm`, so
  // servers serve the ops endpoint only if the test turns it on with a flag.
  std::vector<std::string> environment = {};
  // If positive, the program's standard output is a terminal of that width.
  int columns = 0;
  // If true, the program shares this process's standard error, and ProcessResult::err stays empty.
  bool inherits_stderr = false;
};

// A running program. Its standard input is empty. If it could not be started, its streams are at their end, and `err`
// says why. AwaitOut, AwaitErr and out are thread safe. The rest is for one thread.
class ChildProcess {
 public:
  // Starts a program. `command` is its path and then its arguments.
  explicit ChildProcess(const std::vector<std::string>& command, const ProcessOptions& options = {});
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Kills the program if it still runs, and waits for its end.
  ~ChildProcess();

  // Waits until the program's output, or its errors, contain `text`. Returns false if the stream ends first, or after
  // five minutes.
  bool AwaitOut(const std::string& text);
  bool AwaitErr(const std::string& text);

  // Returns the next line of the output, without its line feed. Returns nothing if the output ends before a line feed,
  // or after five minutes. What the program wrote before it was killed can still be read.
  std::optional<std::string> ReadLine();
  // Reads lines up to the first one that contains `text`, and returns that line. Returns an empty string if there is
  // none.
  std::string ReadLineWith(const std::string& text);

  // Returns all output so far, whether it was read or not.
  std::string out() const;

  pid_t pid() const { return pid_; }
  void Signal(int number) const;
  void Kill() const;

  // Waits for the program's end, without a time limit. May be called again, with the same result.
  ProcessResult Wait();

 private:
  // One stream of the program. Grows until the program closes it.
  struct Stream {
    std::string text;
    bool open = true;
  };

  void Copy(int descriptor, Stream* stream);
  bool Await(const Stream* stream, const std::string& text);

  pid_t pid_ = -1;  // -1 if the program could not be started.
  std::optional<int> exit_code_;  // Set once Wait has returned.
  std::vector<std::thread> readers_;
  mutable Mutex mutex_;
  CondVar changed_;
  Stream out_ ABSL_GUARDED_BY(mutex_);
  Stream err_ ABSL_GUARDED_BY(mutex_);
  size_t read_ ABSL_GUARDED_BY(mutex_) = 0;  // The position in out_ from which ReadLine reads next.
};

// Starts a program and waits for its end.
ProcessResult RunProgram(const std::vector<std::string>& command, const ProcessOptions& options = {});

// Reads a server's output until it says on which port it serves, and returns the port. Returns 0 if the output ends
// before that, or after five minutes.
int AwaitPort(ChildProcess& server);

}  // namespace aftercare

#endif  // AFTERCARE_TESTS_SUPPORT_PROCESS_H_
