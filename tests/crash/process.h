#ifndef AFTERCARE_TESTS_CRASH_PROCESS_H_
#define AFTERCARE_TESTS_CRASH_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace aftercare::crash {

// A child process whose standard output is read. Killed with SIGKILL when it goes out of scope. Not thread safe.
class Process {
 public:
  // Starts `command`, program first, with `environment` (NAME=VALUE) over this process's own.
  explicit Process(const std::vector<std::string>& command, const std::vector<std::string>& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Reads output up to the first line that has `text`; answers that line, or nothing if the output ends without.
  std::string ReadLineWith(const std::string& text);

  pid_t pid() const { return pid_; }

  // Sends a signal.
  void Signal(int number);

  // Waits for the end. The exit code, or minus the number of the signal that ended it.
  int Wait();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string rest_;
};

}  // namespace aftercare::crash

#endif  // AFTERCARE_TESTS_CRASH_PROCESS_H_
