#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TIMERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TIMERS_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace aftercare::engine {

// Calls back after a span of real time, whatever happens to the clock on the wall. One thread serves all. Thread safe.
// Callbacks run on that thread: they must be short and must not block; they may call Start and Cancel.
class Timers {
 public:
  using Callback = absl::AnyInvocable<void()>;
  using Id = std::pair<std::chrono::steady_clock::time_point, uint64_t>;

  Timers();
  // Stops without calling what is still waiting.
  ~Timers();

  // Calls `callback` once, `delay` from now.
  Id Start(absl::Duration delay, Callback callback);

  // True if the callback will not be called; false if it was, or is being, called.
  bool Cancel(Id id);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Id, Callback> waiting_;
  uint64_t next_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_TIMERS_H_
