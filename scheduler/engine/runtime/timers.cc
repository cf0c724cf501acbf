#include "scheduler/engine/runtime/timers.h"

namespace aftercare::engine {

Timers::Timers() : thread_([this] { Run(); }) {}

Timers::~Timers() {
  {
    MutexLock lock(mutex_);
    stop_ = true;
  }
  wake_.NotifyOne();
  thread_.join();
}

Timers::Id Timers::Start(absl::Duration delay, Callback callback) {
  const auto due = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(delay);
  MutexLock lock(mutex_);
  const Id id(due, next_number_++);
  const bool first = timers_.empty() || id < timers_.begin()->first;
  timers_.emplace(id, std::move(callback));
  if (first) wake_.NotifyOne();
  return id;
}

bool Timers::Cancel(Id id) {
  MutexLock lock(mutex_);
  return timers_.erase(id) > 0;
}

void Timers::Run() {
  MutexLock lock(mutex_);
  while (!stop_) {
    if (timers_.empty()) {
      wake_.Wait(mutex_);
      continue;
    }
    const auto due = timers_.begin()->first.first;
    if (std::chrono::steady_clock::now() < due) {
      wake_.WaitUntil(mutex_, due);
      continue;
    }
    Callback callback = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    lock.Unlock();
    callback();
    lock.Lock();
  }
}

}  // namespace aftercare::engine
