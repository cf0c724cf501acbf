// Ends calls that stay open (watches, lease streams, long polls, imports) when their callers lose the permission.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_OPEN_CALLS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_OPEN_CALLS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "scheduler/engine/runtime/authorizer.h"
#include "scheduler/engine/runtime/timers.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

class Call;

// Watches the authorizer's generation. Within half a second of a change it asks again about every open call. Thread
// safe.
class OpenCalls {
 public:
  // Called with the error of the authorizer: PERMISSION_DENIED.
  using OnDenied = absl::AnyInvocable<void(absl::Status)>;

  // `authorizer` must outlive this object. `timers` must be destroyed before this object, and need not be constructed
  // before the first Add.
  OpenCalls(const Authorizer& authorizer, Timers& timers);

  // From now on `on_denied` is called, at most once and on the timers' thread, when the caller loses the permission in
  // `clinic` (empty: in no clinic in particular). Does not keep the call alive, and forgets `on_denied` only in Remove.
  // Returns an id for Remove. A call must be added before it is authorized, so that no change in between is missed.
  uint64_t Add(std::weak_ptr<const Call> call, absl::string_view clinic, OnDenied on_denied)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Forgets a call. Does nothing if it is forgotten already. `on_denied` may still be running when this returns.
  void Remove(uint64_t id) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Open {
    std::weak_ptr<const Call> call;
    std::string clinic;
    OnDenied on_denied;
  };

  void ScheduleRecheck() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Recheck() ABSL_LOCKS_EXCLUDED(mutex_);

  const Authorizer& authorizer_;
  Timers& timers_;
  Mutex mutex_;
  uint64_t generation_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<uint64_t, Open> open_ ABSL_GUARDED_BY(mutex_);
  bool scheduled_ ABSL_GUARDED_BY(mutex_) = false;  // a timer is running that will call Recheck
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_OPEN_CALLS_H_
