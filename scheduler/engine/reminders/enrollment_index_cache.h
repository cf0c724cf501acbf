#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_CACHE_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include "absl/strings/string_view.h"

namespace aftercare::engine {

class EnrollmentIndex;

// The indexes that are kept between calls. Each is used by one at a time, so a clinic that is read by several threads
// at once comes to have several. Thread safe.
//
// Memory: those used last are kept, of up to kMaxKept enrollments together; and the very last one, of whatever size.
class EnrollmentIndexCache {
 public:
  static constexpr size_t kMaxKept = 250'000;

  EnrollmentIndexCache();
  ~EnrollmentIndexCache();

  // One of the clinic with that calendar that tells of no later place in the log than `seq`, and may be brought up to
  // it; a new one if there is none.
  std::unique_ptr<EnrollmentIndex> Take(absl::string_view clinic, int64_t calendar_fingerprint, int64_t seq);
  void GiveBack(std::unique_ptr<EnrollmentIndex> index);

 private:
  std::mutex mutex_;
  std::list<std::unique_ptr<EnrollmentIndex>> kept_;  // the one used last first
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_ENROLLMENT_INDEX_CACHE_H_
