// Waits for a topic of the WakeupHub again and again. A wait of the hub itself ends with the first notification.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_TOPIC_WATCH_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_TOPIC_WATCH_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "scheduler/engine/runtime/wakeup_hub.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// Calls back whenever a topic is notified, until it is stopped or the hub is closed. Thread safe. Must be owned by a
// shared_ptr. While the watch waits, the hub keeps it alive too.
class TopicWatch : public std::enable_shared_from_this<TopicWatch> {
 public:
  // The hub must outlive the watch.
  explicit TopicWatch(WakeupHub& hub) : hub_(hub) {}

  // If `closed` is true, the hub was closed or the watch was stopped, and this is the last call. Calls come one at a
  // time, on the thread that ended the wait: one that notifies, stops, or closes the hub, a timer's, or the one that
  // calls Start. The callback is destroyed when no further call can come.
  using Callback = absl::AnyInvocable<void(bool closed)>;

  // Calls `callback` whenever `topic` is notified, and after every ten minutes without a notification. Calls it at once
  // if `topic` has been notified since its count was `seen` (WakeupHub::Seen). A notification during a call leads to
  // another call. Has no effect if the watch was started before, or stopped.
  void Start(std::string topic, uint64_t seen, Callback callback) ABSL_LOCKS_EXCLUDED(mutex_);

  // Ends the watch. If the watch is waiting, this makes one last call, with `closed`. If a call is under way, that call
  // is the last. Has no effect if the watch was stopped before.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void Wait(std::string topic, uint64_t seen, Callback callback) ABSL_LOCKS_EXCLUDED(mutex_);

  WakeupHub& hub_;
  Mutex mutex_;
  bool started_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t wait_id_ ABSL_GUARDED_BY(mutex_) = 0;  // of the last wait in the hub; 0 if there was none
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_TOPIC_WATCH_H_
