// Shares what a gateway may lease fairly among the clinics that have messages waiting.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_FAIR_SHARE_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_FAIR_SHARE_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// Remembers which clinic was served last, so that the next call begins with the clinic after it. Thread safe.
class RoundRobinCursor {
 public:
  // Returns the id of the clinic that was served last; empty if there was none.
  std::string last() const ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(mutex_);
    return last_;
  }
  void set_last(std::string clinic) ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(mutex_);
    last_ = std::move(clinic);
  }

 private:
  mutable Mutex mutex_;
  std::string last_ ABSL_GUARDED_BY(mutex_);
};

// Counts the rows and queues that one mutation looks at. The count is limited, so that a mutation does not keep the
// others waiting for long. Not thread safe.
class LookBudget {
 public:
  explicit LookBudget(int looks) : left_(looks) {}

  // Counts one look. Returns false if the budget is exceeded.
  bool Spend() { return --left_ >= 0; }

  // Leaves nothing, so that the mutation looks no further.
  void Exhaust() { left_ = -1; }

  // Returns true once a Spend has returned false, or after Exhaust.
  bool exceeded() const { return left_ < 0; }

 private:
  int left_;
};

// Where LeaseFairly gets leases from. An implementation may spend the budget too, and leases fewer when it is exceeded.
class LeaseSource {
 public:
  virtual ~LeaseSource() = default;

  // Returns the first clinic after `after`, by id, that has messages waiting; nothing if there is none.
  virtual absl::StatusOr<std::optional<std::string>> NextClinic(const std::string& after) = 0;

  // Leases up to `max` messages of a clinic. Returns how many.
  virtual absl::StatusOr<int> LeaseFrom(const std::string& clinic, int max) = 0;
};

// Leases up to `max` messages from all clinics of `source`. Stops early when the budget is exceeded.
//
// In a first lap each clinic leases up to a sixteenth of `max`, beginning with the clinic after the cursor's.
// In further laps the clinics that took their whole share divide what is left. So a clinic with a long queue keeps no
// other clinic waiting, and nothing is left unused while any clinic has messages. The cursor moves on to the last
// clinic of the first lap.
absl::Status LeaseFairly(LeaseSource& source, int max, RoundRobinCursor& cursor, LookBudget& budget);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_FAIR_SHARE_H_
