#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_HUB_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_HUB_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "scheduler/engine/runtime/timers.h"

namespace aftercare::engine {

// "Something may have changed": wakes those who wait for it. Carries no data; who is woken asks the store. A topic
// counts how often it was raised, and who waits says which count it has seen before it looked, so that nothing raised
// between looking and waiting is missed. Thread safe.
class WakeupHub {
 public:
  enum class Wake { kNotified, kTimeout, kClosed };
  using Callback = absl::AnyInvocable<void(Wake)>;

  explicit WakeupHub(Timers& timers) : timers_(timers) {}

  uint64_t Seen(absl::string_view topic);

  // An id for a wait, never given before.
  uint64_t NewId() { return next_id_.fetch_add(1); }

  // Calls `callback` exactly once: at once if the topic was raised since `seen`, else when it is, when `timeout` is
  // over, on Cancel of the id, or on Close. Called on the thread that brought it about, possibly this one.
  void Wait(uint64_t id, absl::string_view topic, uint64_t seen, absl::Duration timeout, Callback callback);

  // Ends a wait with kClosed, if it waits.
  void Cancel(uint64_t id);

  void Notify(absl::string_view topic);

  // Ends all waits, and every later one, with kClosed.
  void Close();

 private:
  struct Waiter {
    std::string topic;
    Callback callback;
    Timers::Id timer;
  };
  struct Topic {
    uint64_t raised = 0;
    std::vector<uint64_t> waiting;
  };

  void Finish(uint64_t id, Wake wake);

  Timers& timers_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, Topic> wakeups_;
  absl::flat_hash_map<uint64_t, Waiter> waiters_;
  std::atomic<uint64_t> next_id_{1};
  bool closed_ = false;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_WAKEUP_HUB_H_
