#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_HUB_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_HUB_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/runtime/timers.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// Lets callers wait until a topic is notified, which means that something about it may have changed. A wake-up carries
// no data: the waiter then asks the store.
//
// The hub counts the notifications of each topic. A waiter first calls Seen, then asks the store for what it needs. If
// it finds nothing, it calls Wait with the count from Seen, and so misses no notification in between. Thread safe.
class WakeupHub {
 public:
  enum class Wake {
    kNotified,
    kTimeout,
    kClosed,  // by Cancel or Close
  };
  using Callback = absl::AnyInvocable<void(Wake)>;

  // `timers` must outlive every wait.
  explicit WakeupHub(Timers& timers) : timers_(timers) {}

  // Returns how often the topic has been notified.
  uint64_t Seen(absl::string_view topic) ABSL_LOCKS_EXCLUDED(mutex_);

  // Returns a new id, which identifies a wait in Wait and Cancel.
  uint64_t NewId() { return next_id_.fetch_add(1); }

  // Calls `callback` exactly once: before Wait returns if the topic was notified since Seen returned `seen` or if the
  // hub is closed; otherwise when the topic is notified, when `timeout` has passed, or when the wait is cancelled or
  // the hub closed. The call is made without a lock, on the thread that ends the wait.
  void Wait(uint64_t id, absl::string_view topic, uint64_t seen, absl::Duration timeout, Callback callback)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Ends a wait with kClosed. Does nothing if the wait has ended or has not begun.
  void Cancel(uint64_t id) ABSL_LOCKS_EXCLUDED(mutex_);

  // Ends all waits for the topic with kNotified.
  void Notify(absl::string_view topic) ABSL_LOCKS_EXCLUDED(mutex_);

  // Notifies every topic whose name begins with `prefix`.
  void NotifyAll(absl::string_view prefix) ABSL_LOCKS_EXCLUDED(mutex_);

  // Ends all waits, and every later one, with kClosed.
  void Close() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Waiter {
    std::string topic;
    Callback callback;
    Timers::Id timer;
  };
  struct Topic {
    uint64_t notifications = 0;
    std::vector<uint64_t> waiters;
  };

  void Finish(uint64_t id, Wake wake) ABSL_LOCKS_EXCLUDED(mutex_);
  // Counts a notification of the topic, ends the waits for it, and moves their callbacks to `callbacks`.
  void Take(Topic& topic, std::vector<Callback>* callbacks) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Timers& timers_;
  std::atomic<uint64_t> next_id_{1};
  Mutex mutex_;  // may be held during calls of timers_, because its callbacks run without a lock
  absl::flat_hash_map<std::string, Topic> topics_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint64_t, Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_HUB_H_
