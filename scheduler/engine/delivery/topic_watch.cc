#include "scheduler/engine/delivery/topic_watch.h"

#include <utility>

#include "absl/time/time.h"

namespace aftercare::engine {
namespace {

// How long a watch waits for a notification before it calls back without one.
constexpr absl::Duration kCallbackInterval = absl::Minutes(10);

}  // namespace

void TopicWatch::Start(std::string topic, uint64_t seen, Callback callback) {
  {
    MutexLock lock(mutex_);
    if (std::exchange(started_, true)) return;
  }
  Wait(std::move(topic), seen, std::move(callback));
}

void TopicWatch::Wait(std::string topic, uint64_t seen, Callback callback) {
  const uint64_t id = hub_.NewId();
  {
    MutexLock lock(mutex_);
    if (stopped_) return;
    wait_id_ = id;
  }
  hub_.Wait(id, topic, seen, kCallbackInterval,
            [self = shared_from_this(), topic, callback = std::move(callback)](WakeupHub::Wake wake) mutable {
              if (wake == WakeupHub::Wake::kClosed) return callback(true);
              const uint64_t now_seen = self->hub_.Seen(topic);  // before the call, so that nothing is missed
              callback(false);
              self->Wait(std::move(topic), now_seen, std::move(callback));
            });
  bool stopped;
  {
    MutexLock lock(mutex_);
    stopped = stopped_;
  }
  // A Stop that came before the hub's Wait found nothing to cancel. If the wait is over already, this does nothing.
  if (stopped) hub_.Cancel(id);
}

void TopicWatch::Stop() {
  uint64_t id;
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    id = wait_id_;
  }
  hub_.Cancel(id);
}

}  // namespace aftercare::engine
