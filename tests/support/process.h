// Programs that a test starts, reads, signals and waits for.
#ifndef AFTERCARE_TESTS_SUPPORT_PROCESS_H_
#define AFTERCARE_TESTS_SUPPORT_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "scheduler/sync.h"

namespace aftercare {

// What a program left behind.
struct ProcessResult {
  int exit_code = -1;  // 128 + n if signal n ended the program; 127 if it could not be started.
  std::string out;
  std::string err;
};

struct ProcessOptions {
  // NAME=VALUE, added to the environment of this process. AFTERCARE_*, NO_COLOR and COLUMNS are not inherited: they
  // steer the tests, and a program must not depend on where the tests run. Servers listen for operators only if the
  // test says so, by a flag.
  std::vector<std::string> environment = {};
  // If positive, the program's output is a terminal of that width.
  int columns = 0;
  // The program writes its errors where this process does, and ProcessResult::err stays empty.
  bool inherits_stderr = false;
};

// A program under way. Its standard input is empty. AwaitOut, AwaitErr and out are thread safe; the rest is for one
// thread.
class ChildProcess {
 public:
  // Starts `command`, the path of the program first.
  explicit ChildProcess(const std::vector<std::string>& command, const ProcessOptions& options = {});
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Kills the program if it still runs.
  ~ChildProcess();

  // Waits until the program's output, or its errors, contain `text`. Returns false if the stream ends first, or after
  // five minutes.
  bool AwaitOut(const std::string& text);
  bool AwaitErr(const std::string& text);

  // Returns the next line of the output, without its line feed. Returns nothing if the output ends before a line feed,
  // or after five minutes. What the program wrote before it was killed can still be read.
  std::optional<std::string> ReadLine();
  // Reads lines up to the first one that contains `text`, and returns that one; an empty string if there is none.
  std::string ReadLineWith(const std::string& text);

  // Returns all output so far, whether it was read or not.
  std::string out() const;

  pid_t pid() const { return pid_; }
  void Signal(int number) const;
  void Kill() const;

  // Waits for the program's end. May be called again, with the same result.
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
  std::optional<int> exit_code_;  // once it was waited for
  std::vector<std::thread> readers_;
  mutable Mutex mutex_;
  CondVar changed_;
  Stream out_ ABSL_GUARDED_BY(mutex_);
  Stream err_ ABSL_GUARDED_BY(mutex_);
  size_t read_ ABSL_GUARDED_BY(mutex_) = 0;  // where ReadLine goes on in out_
};

// Starts a program and waits for its end.
ProcessResult RunProgram(const std::vector<std::string>& command, const ProcessOptions& options = {});

// Waits until a server of ours says on which port it serves. Returns 0 if it ends without.
int AwaitPort(ChildProcess& server);

}  // namespace aftercare

#endif  // AFTERCARE_TESTS_SUPPORT_PROCESS_H_
