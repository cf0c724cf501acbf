// Runs what follows a commit, the listener and the `done` callbacks, beside the writer: while they run it applies the
// next mutations.
#ifndef AFTERCARE_SCHEDULER_STORE_COMPLETIONS_H_
#define AFTERCARE_SCHEDULER_STORE_COMPLETIONS_H_

#include <cstddef>
#include <deque>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "scheduler/sync.h"

namespace aftercare::store {

// One after another, in the order of Run. Run and Stop belong to one thread.
class Completions {
 public:
  using Work = absl::AnyInvocable<void()>;

  Completions() : thread_([this] { Loop(); }) {}
  ~Completions() { Stop(); }

  // Runs `work` on the thread of this object, after all earlier work. If `is_short` and no earlier work is left, runs
  // it on the calling thread before this returns: to wake the other thread would take longer. Waits while kMaxWaiting
  // pieces of work wait.
  void Run(bool is_short, Work work) ABSL_LOCKS_EXCLUDED(mutex_);

  // Runs what waits, then ends the thread. Later work runs on the calling thread.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  static constexpr size_t kMaxWaiting = 2;

  void Loop() ABSL_LOCKS_EXCLUDED(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::deque<Work> waiting_ ABSL_GUARDED_BY(mutex_);
  bool running_ ABSL_GUARDED_BY(mutex_) = false;  // on the thread
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last, since it uses the other members at once
};

}  // namespace aftercare::store

#endif  // AFTERCARE_SCHEDULER_STORE_COMPLETIONS_H_
