#include "tests/history/lives.h"

#include <signal.h>

#include <chrono>
#include <utility>

#include "absl/time/clock.h"

namespace aftercare::history {

bool Lives::Begin() {
  server_ = std::make_unique<crash::Running>(database_);
  if (server_->port == 0) return false;
  std::lock_guard<std::mutex> lock(mutex_);
  client_ = std::move(server_->client);
  changed_.notify_all();
  return true;
}

int Lives::End(int signal) {
  server_->process.Signal(signal);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    client_.reset();
  }
  const int outcome = server_->process.Wait();
  server_.reset();
  return outcome;
}

void Lives::Stillbirth(absl::Duration age) {
  crash::Process process({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + database_});
  absl::SleepFor(age);
  process.Signal(SIGKILL);
  process.Wait();
}

ClientPtr Lives::Await(const ClientPtr& gone) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, std::chrono::minutes(1), [&] { return closed_ || (client_ != nullptr && client_ != gone); });
  return closed_ || client_ == gone ? nullptr : client_;
}

void Lives::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace aftercare::history
