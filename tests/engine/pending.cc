#include "tests/engine/pending.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <utility>

namespace aftercare::engine {

void GiveUp(const char* what) {
  std::fprintf(stderr, "%s: waited for in vain\n", what);
  std::abort();
}

struct Pending::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::optional<absl::Status> status;
};

Pending::Pending() : state_(std::make_shared<State>()) {}

Done Pending::done() {
  return [state = state_](absl::Status status) {
    std::lock_guard<std::mutex> lock(state->mutex);
    EXPECT_FALSE(state->status.has_value()) << "ended twice";
    state->status = std::move(status);
    state->wake.notify_all();
  };
}

absl::Status Pending::Wait() {
  std::unique_lock<std::mutex> lock(state_->mutex);
  if (!state_->wake.wait_for(lock, kPatience, [this] { return state_->status.has_value(); })) GiveUp("a use case");
  return *std::exchange(state_->status, absl::OkStatus());
}

bool Pending::over() const {
  std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->status.has_value();
}

}  // namespace aftercare::engine
