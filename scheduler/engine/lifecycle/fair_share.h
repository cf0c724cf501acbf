// Shares work fairly among the clinics that have some waiting: what a gateway may lease, and what one sweep fires.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_FAIR_SHARE_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_FAIR_SHARE_H_

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

// Limits how many rows and clinics one mutation looks at, so that other mutations do not wait for long. Not thread
// safe.
class LookBudget {
 public:
  explicit LookBudget(int looks) : left_(looks) {}

  // Counts one look. Returns false if the budget is exceeded.
  bool Spend() { return --left_ >= 0; }

  // Uses up the budget, so that the mutation looks no further.
  void Exhaust() { left_ = -1; }

  // Returns true once a Spend has returned false, or after Exhaust.
  bool exceeded() const { return left_ < 0; }

 private:
  int left_;
};

// Where ShareFairly takes from. An implementation may spend the budget too, and may take less once it is exceeded.
class FairSource {
 public:
  virtual ~FairSource() = default;

  // Returns the first clinic after `after`, in an order of the source, that has something waiting; nothing if there is
  // none. The empty id is before all clinics.
  virtual absl::StatusOr<std::optional<std::string>> NextClinic(const std::string& after) = 0;

  // Takes up to `max` of a clinic. Returns how many it has taken.
  virtual absl::StatusOr<int> TakeFrom(const std::string& clinic, int max) = 0;
};

// Takes up to `max` from all clinics of `source`. Stops early when the budget is exceeded.
//
// In the first lap, each clinic gets a share of a sixteenth of `max`, rounded up. The lap begins with the clinic after
// the id `after`, and sets the cursor to the last clinic that it visits. In each further lap, the clinics that took
// their whole share divide what is left. So a clinic with a long queue does not keep the others waiting, and takes what
// the others leave.
absl::Status ShareFairly(FairSource& source, int max, const std::string& after, RoundRobinCursor& cursor,
                         LookBudget& budget);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_FAIR_SHARE_H_
