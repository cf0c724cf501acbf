// Keeps enrollment indexes between calls.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_CACHE_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

class EnrollmentIndex;

// A pool of indexes. A caller takes an index out, uses it alone and gives it back, so a clinic that several threads
// read at once comes to have several indexes. Thread safe.
//
// Memory: the most recently used indexes are kept, up to kMaxEnrollments enrollments together. The last one given back
// is kept whatever its size.
class EnrollmentIndexCache {
 public:
  static constexpr size_t kMaxEnrollments = 250'000;

  EnrollmentIndexCache();
  ~EnrollmentIndexCache();

  // Takes out the clinic's newest index for that calendar that can be updated to `seq`: its seq() must not be greater.
  // Makes an empty index if there is none. Drops the clinic's indexes for other calendars. Never returns null.
  std::unique_ptr<EnrollmentIndex> Take(absl::string_view clinic, int64_t calendar_fingerprint, int64_t seq)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Keeps `index`. If the indexes are too large together, drops the least recently used ones.
  void GiveBack(std::unique_ptr<EnrollmentIndex> index) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  Mutex mutex_;
  std::list<std::unique_ptr<EnrollmentIndex>> indexes_ ABSL_GUARDED_BY(mutex_);  // the most recently used first
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_CACHE_H_
