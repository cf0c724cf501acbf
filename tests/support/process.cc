#include "tests/support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace aftercare {
namespace {

constexpr std::chrono::minutes kPatience(5);

// Both ends of a pipe, or of a terminal.
struct Ends {
  int parent = -1;
  int child = -1;
};

// Ends this process if a call that cannot sensibly fail has failed.
void Check(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  std::abort();
}

Ends OpenPipe() {
  int ends[2];
  Check(pipe2(ends, O_CLOEXEC) == 0, "pipe2");
  return {ends[0], ends[1]};
}

Ends OpenTerminal(int columns) {
  const int parent = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  Check(parent >= 0 && grantpt(parent) == 0 && unlockpt(parent) == 0, "posix_openpt");
  const int child = open(ptsname(parent), O_RDWR | O_NOCTTY | O_CLOEXEC);
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = 40;
  Check(ioctl(child, TIOCSWINSZ, &size) == 0, "TIOCSWINSZ");
  termios modes{};
  Check(tcgetattr(child, &modes) == 0, "tcgetattr");
  modes.c_oflag &= ~OPOST;  // Line feeds stay as they are.
  Check(tcsetattr(child, TCSANOW, &modes) == 0, "tcsetattr");
  return {parent, child};
}

std::vector<std::string> EnvironmentWith(const std::vector<std::string>& own) {
  std::vector<std::string> all = own;
  all.push_back("TERM=xterm");
  all.push_back("AFTERCARE_OPS_LISTEN=off");  // else there could be one server at a time; flags win
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string name = absl::StrCat(std::string(*entry).substr(0, std::strcspn(*entry, "=")), "=");
    const bool is_set =
        std::any_of(all.begin(), all.end(), [&](const std::string& set) { return absl::StartsWith(set, name); });
    if (!is_set && name != "NO_COLOR=" && name != "COLUMNS=" && !absl::StartsWith(name, "AFTERCARE_")) {
      all.push_back(*entry);
    }
  }
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Starts the program with these ends as its output and its errors. Returns its id; or -1 and why not in `error`.
pid_t Spawn(const std::vector<std::string>& command, const std::vector<std::string>& environment, const Ends& out,
            const Ends& err, std::string* error) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.child, STDOUT_FILENO);
  if (err.child >= 0) posix_spawn_file_actions_adddup2(&actions, err.child, STDERR_FILENO);
  std::vector<std::string> arguments = command;
  std::vector<std::string> variables = EnvironmentWith(environment);
  pid_t pid = -1;
  const int failure = posix_spawn(&pid, arguments[0].c_str(), &actions, nullptr, Pointers(arguments).data(),
                                  Pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure == 0) return pid;
  *error = absl::StrCat("cannot start ", arguments[0], ": ", std::strerror(failure));
  return -1;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command, const ProcessOptions& options) {
  const Ends out = options.columns > 0 ? OpenTerminal(options.columns) : OpenPipe();
  const Ends err = options.inherits_stderr ? Ends() : OpenPipe();
  pid_ = Spawn(command, options.environment, out, err, &err_.text);
  close(out.child);
  readers_.emplace_back(&ChildProcess::Copy, this, out.parent, &out_);
  if (options.inherits_stderr) return;
  close(err.child);
  readers_.emplace_back(&ChildProcess::Copy, this, err.parent, &err_);
}

ChildProcess::~ChildProcess() {
  if (exit_code_) return;
  Kill();
  Wait();
}

void ChildProcess::Copy(int descriptor, Stream* stream) {
  char buffer[4096];
  // A terminal whose other end is closed answers EIO, which is the end as well.
  for (ssize_t length; (length = read(descriptor, buffer, sizeof(buffer))) > 0;) {
    MutexLock lock(mutex_);
    stream->text.append(buffer, static_cast<size_t>(length));
    changed_.NotifyAll();
  }
  close(descriptor);
  MutexLock lock(mutex_);
  stream->open = false;
  changed_.NotifyAll();
}

bool ChildProcess::Await(const Stream* stream, const std::string& text) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  MutexLock lock(mutex_);
  while (!absl::StrContains(stream->text, text) && stream->open && changed_.WaitUntil(mutex_, deadline)) {
  }
  return absl::StrContains(stream->text, text);
}

bool ChildProcess::AwaitOut(const std::string& text) { return Await(&out_, text); }
bool ChildProcess::AwaitErr(const std::string& text) { return Await(&err_, text); }

std::optional<std::string> ChildProcess::ReadLine() {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  MutexLock lock(mutex_);
  size_t end;
  while ((end = out_.text.find('\n', read_)) == std::string::npos && out_.open &&
         changed_.WaitUntil(mutex_, deadline)) {
  }
  if (end == std::string::npos) return std::nullopt;
  const std::string line = out_.text.substr(read_, end - read_);
  read_ = end + 1;
  return line;
}

std::string ChildProcess::ReadLineWith(const std::string& text) {
  while (const std::optional<std::string> line = ReadLine()) {
    if (absl::StrContains(*line, text)) return *line;
  }
  return "";
}

std::string ChildProcess::out() const {
  MutexLock lock(mutex_);
  return out_.text;
}

void ChildProcess::Signal(int number) const {
  if (pid_ > 0 && !exit_code_) kill(pid_, number);
}

void ChildProcess::Kill() const { Signal(SIGKILL); }

ProcessResult ChildProcess::Wait() {
  if (!exit_code_) {
    int status = 127 << 8;  // what a shell says of a program that could not be started
    if (pid_ > 0) Check(waitpid(pid_, &status, 0) == pid_, "waitpid");
    for (std::thread& reader : readers_) reader.join();
    exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  MutexLock lock(mutex_);
  return {*exit_code_, out_.text, err_.text};
}

ProcessResult RunProgram(const std::vector<std::string>& command, const ProcessOptions& options) {
  return ChildProcess(command, options).Wait();
}

int AwaitPort(ChildProcess& server) {
  const std::string said = "serving on port ";
  const std::string line = server.ReadLineWith(said);
  return line.empty() ? 0 : std::atoi(line.c_str() + line.find(said) + said.size());
}

}  // namespace aftercare
