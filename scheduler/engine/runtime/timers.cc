#include "scheduler/engine/runtime/timers.h"

namespace aftercare::engine {

Timers::Timers() : thread_([this] { Run(); }) {}

Timers::~Timers() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Timers::Id Timers::Start(absl::Duration delay, Callback callback) {
  const auto due = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(delay);
  std::lock_guard<std::mutex> lock(mutex_);
  const Id id(due, next_++);
  const bool first = waiting_.empty() || id < waiting_.begin()->first;
  waiting_.emplace(id, std::move(callback));
  if (first) wake_.notify_one();
  return id;
}

bool Timers::Cancel(Id id) {
  std::lock_guard<std::mutex> lock(mutex_);
  return waiting_.erase(id) > 0;
}

void Timers::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    if (waiting_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto due = waiting_.begin()->first.first;
    if (std::chrono::steady_clock::now() < due) {
      wake_.wait_until(lock, due);
      continue;
    }
    Callback callback = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    lock.unlock();
    callback();
    lock.lock();
  }
}

}  // namespace aftercare::engine
