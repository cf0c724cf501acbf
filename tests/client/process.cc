#include "tests/client/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace aftercare::client {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(1);

// Both ends of a pipe, or of a terminal.
struct Ends {
  int mine = -1;
  int its = -1;
};

Ends Pipe() {
  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  return {ends[0], ends[1]};
}

Ends Terminal(int columns) {
  const int mine = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  EXPECT_EQ(grantpt(mine), 0);
  EXPECT_EQ(unlockpt(mine), 0);
  const int its = open(ptsname(mine), O_RDWR | O_NOCTTY | O_CLOEXEC);
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = 40;
  EXPECT_EQ(ioctl(its, TIOCSWINSZ, &size), 0);
  termios modes{};
  EXPECT_EQ(tcgetattr(its, &modes), 0);
  modes.c_oflag &= ~OPOST;  // Line feeds stay as they are.
  EXPECT_EQ(tcsetattr(its, TCSANOW, &modes), 0);
  return {mine, its};
}

// What `own` does not say anew stays as it is; colours must not depend on where the tests run.
std::vector<std::string> EnvironmentWith(const std::vector<std::string>& own) {
  std::vector<std::string> all = own;
  all.push_back("TERM=xterm");
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string name = std::vector<std::string>(absl::StrSplit(*entry, '=')).front() + "=";
    const bool again =
        std::any_of(all.begin(), all.end(), [&](const auto& kept) { return absl::StartsWith(kept, name); });
    if (!again && name != "NO_COLOR=" && name != "COLUMNS=" && !absl::StartsWith(name, "AFTERCARE_"))
      all.push_back(*entry);
  }
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::unique_ptr<Process> Process::Start(const std::vector<std::string>& command,
                                        const std::vector<std::string>& environment, int columns) {
  std::unique_ptr<Process> process(new Process);
  const Ends out = columns > 0 ? Terminal(columns) : Pipe();
  const Ends err = Pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.its, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.its, STDERR_FILENO);
  std::vector<std::string> arguments = command;
  std::vector<std::string> variables = EnvironmentWith(environment);
  EXPECT_EQ(posix_spawn(&process->pid_, arguments[0].c_str(), &actions, nullptr, Pointers(arguments).data(),
                        Pointers(variables).data()),
            0)
      << arguments[0];
  posix_spawn_file_actions_destroy(&actions);
  close(out.its);
  close(err.its);
  process->readers_.emplace_back(&Process::Read, process.get(), out.mine, &process->out_);
  process->readers_.emplace_back(&Process::Read, process.get(), err.mine, &process->err_);
  return process;
}

Process::~Process() {
  if (waited_) return;
  Signal(SIGKILL);
  Wait();
}

void Process::Read(int descriptor, std::string* into) {
  char buffer[4096];
  // A terminal whose other end is closed answers EIO, which is the end as well.
  for (ssize_t length; (length = read(descriptor, buffer, sizeof(buffer))) > 0;) {
    absl::MutexLock lock(&mutex_);
    into->append(buffer, length);
  }
  close(descriptor);
  absl::MutexLock lock(&mutex_);
  --open_;
}

bool Process::Await(const std::string* where, const std::string& text) {
  absl::MutexLock lock(&mutex_);
  const auto done = [&] { return absl::StrContains(*where, text) || open_ == 0; };
  mutex_.AwaitWithTimeout(absl::Condition(&done), kPatience);
  return absl::StrContains(*where, text);
}

bool Process::AwaitOut(const std::string& text) { return Await(&out_, text); }
bool Process::AwaitErr(const std::string& text) { return Await(&err_, text); }

std::string Process::out() const {
  absl::MutexLock lock(&mutex_);
  return out_;
}

void Process::Signal(int number) const { kill(pid_, number); }

Outcome Process::Wait() {
  int status = 0;
  EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
  waited_ = true;
  for (std::thread& reader : readers_) reader.join();
  absl::MutexLock lock(&mutex_);
  return {WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), out_, err_};
}

Outcome RunProgram(const std::vector<std::string>& command, const std::vector<std::string>& environment, int columns) {
  return Process::Start(command, environment, columns)->Wait();
}

}  // namespace aftercare::client
