#include "tests/history/server_under_test.h"

#include <chrono>
#include <utility>

#include "absl/time/clock.h"

namespace aftercare::history {

bool ServerUnderTest::Start() {
  server_ = std::make_unique<crash::Running>(database_);
  if (server_->port == 0) return false;
  std::lock_guard<std::mutex> lock(mutex_);
  client_ = std::move(server_->client);
  changed_.notify_all();
  return true;
}

int ServerUnderTest::Stop(int signal) {
  server_->process.Signal(signal);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    client_.reset();
  }
  const int exit_code = server_->process.Wait().exit_code;
  server_.reset();
  return exit_code;
}

void ServerUnderTest::StartAndKill(absl::Duration age) {
  ChildProcess process({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + database_}, {.inherits_stderr = true});
  absl::SleepFor(age);
}

ClientPtr ServerUnderTest::AwaitClient(const ClientPtr& gone) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, std::chrono::minutes(5), [&] { return closed_ || (client_ != nullptr && client_ != gone); });
  return closed_ || client_ == gone ? nullptr : client_;
}

void ServerUnderTest::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace aftercare::history
