#include "tests/crash/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace aftercare::crash {

namespace {

// Whether `environment` says something of what `entry` does.
bool Names(const std::vector<std::string>& environment, const char* entry) {
  for (const std::string& own : environment) {
    if (std::strncmp(own.c_str(), entry, own.find('=') + 1) == 0) return true;
  }
  return false;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::vector<std::string>& own_environment) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) abort();
  output_ = ends[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  // Without what steers the tests (AFTERCARE_SEED): to the server it would be a setting it does not know.
  std::vector<char*> environment;
  for (const std::string& entry : own_environment) environment.push_back(const_cast<char*>(entry.c_str()));
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "AFTERCARE_", 10) != 0 && !Names(own_environment, *entry)) environment.push_back(*entry);
  }
  environment.push_back(nullptr);
  if (posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environment.data()) != 0) pid_ = -1;
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
}

Process::~Process() {
  Signal(SIGKILL);
  Wait();
  close(output_);
}

std::string Process::ReadLineWith(const std::string& text) {
  while (true) {
    const size_t end = rest_.find('\n');
    if (end != std::string::npos) {
      const std::string line = rest_.substr(0, end);
      rest_.erase(0, end + 1);
      if (line.find(text) != std::string::npos) return line;
      continue;
    }
    char buffer[4096];
    const ssize_t size = read(output_, buffer, sizeof buffer);
    if (size <= 0) return "";
    rest_.append(buffer, static_cast<size_t>(size));
  }
}

void Process::Signal(int number) {
  if (pid_ > 0) kill(pid_, number);
}

int Process::Wait() {
  if (pid_ <= 0) return -1;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace aftercare::crash
