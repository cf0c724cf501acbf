#include "scheduler/store/completions.h"

#include <utility>

namespace aftercare::store {

void Completions::Run(bool is_short, Work work) {
  {
    MutexLock lock(mutex_);
    while (waiting_.size() >= kMaxWaiting && !stopped_) changed_.Wait(mutex_);
    if (!stopped_ && (!is_short || running_ || !waiting_.empty())) {
      waiting_.push_back(std::move(work));
      changed_.NotifyAll();
      return;
    }
  }
  work();
}

void Completions::Stop() {
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void Completions::Loop() {
  MutexLock lock(mutex_);
  while (true) {
    while (waiting_.empty() && !stopped_) changed_.Wait(mutex_);
    if (waiting_.empty()) return;
    {
      Work work = std::move(waiting_.front());
      waiting_.pop_front();
      running_ = true;
      changed_.NotifyAll();
      lock.Unlock();
      work();
    }
    lock.Lock();
    running_ = false;
  }
}

}  // namespace aftercare::store
