#include "scheduler/engine/runtime/wakeup_hub.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace aftercare::engine {

uint64_t WakeupHub::Seen(absl::string_view topic) {
  MutexLock lock(mutex_);
  return topics_[std::string(topic)].notifications;  // which makes NotifyAll count for a topic that is new
}

void WakeupHub::Wait(uint64_t id, absl::string_view topic, uint64_t seen, absl::Duration timeout, Callback callback) {
  Wake at_once;
  {
    MutexLock lock(mutex_);
    Topic& entry = topics_[std::string(topic)];
    if (!closed_ && entry.notifications == seen) {
      entry.waiters.push_back(id);
      const Timers::Id timer = timers_.Start(timeout, [this, id] { Finish(id, Wake::kTimeout); });
      waiters_.emplace(id, Waiter{std::string(topic), std::move(callback), timer});
      return;
    }
    at_once = closed_ ? Wake::kClosed : Wake::kNotified;
  }
  callback(at_once);
}

void WakeupHub::Finish(uint64_t id, Wake wake) {
  Callback callback;
  {
    MutexLock lock(mutex_);
    const auto found = waiters_.find(id);
    if (found == waiters_.end()) return;
    callback = std::move(found->second.callback);
    auto& waiters = topics_[found->second.topic].waiters;
    waiters.erase(std::remove(waiters.begin(), waiters.end(), id), waiters.end());
    if (wake != Wake::kTimeout) timers_.Cancel(found->second.timer);
    waiters_.erase(found);
  }
  callback(wake);
}

void WakeupHub::Cancel(uint64_t id) { Finish(id, Wake::kClosed); }

void WakeupHub::Take(Topic& topic, std::vector<Callback>* callbacks) {
  ++topic.notifications;
  for (uint64_t id : std::exchange(topic.waiters, {})) {
    const auto found = waiters_.find(id);
    callbacks->push_back(std::move(found->second.callback));
    timers_.Cancel(found->second.timer);
    waiters_.erase(found);
  }
}

void WakeupHub::Notify(absl::string_view topic) {
  std::vector<Callback> callbacks;
  {
    MutexLock lock(mutex_);
    Take(topics_[std::string(topic)], &callbacks);
  }
  for (Callback& callback : callbacks) callback(Wake::kNotified);
}

void WakeupHub::NotifyAll(absl::string_view prefix) {
  std::vector<Callback> callbacks;
  {
    MutexLock lock(mutex_);
    topics_.try_emplace(std::string(prefix));  // so that it counts for the topic of that name before anybody waits
    for (auto& [name, topic] : topics_) {
      if (absl::StartsWith(name, prefix)) Take(topic, &callbacks);
    }
  }
  for (Callback& callback : callbacks) callback(Wake::kNotified);
}

void WakeupHub::Close() {
  std::vector<uint64_t> ids;
  {
    MutexLock lock(mutex_);
    closed_ = true;
    for (const auto& [id, waiter] : waiters_) ids.push_back(id);
  }
  for (uint64_t id : ids) Finish(id, Wake::kClosed);
}

}  // namespace aftercare::engine
