#include "scheduler/engine/reminders/enrollment_index_cache.h"

#include <string>
#include <utility>

#include "scheduler/engine/reminders/enrollment_index.h"

namespace aftercare::engine {

EnrollmentIndexCache::EnrollmentIndexCache() = default;
EnrollmentIndexCache::~EnrollmentIndexCache() = default;

std::unique_ptr<EnrollmentIndex> EnrollmentIndexCache::Take(absl::string_view clinic, int64_t calendar_fingerprint,
                                                            int64_t seq) {
  {
    MutexLock lock(mutex_);
    indexes_.remove_if([&](const std::unique_ptr<EnrollmentIndex>& index) {
      return index->clinic() == clinic && index->calendar_fingerprint() != calendar_fingerprint;
    });
    auto newest = indexes_.end();
    for (auto it = indexes_.begin(); it != indexes_.end(); ++it) {
      const EnrollmentIndex& index = **it;
      if (index.clinic() != clinic || index.seq() > seq) continue;
      if (newest == indexes_.end() || index.seq() > (*newest)->seq()) newest = it;
    }
    if (newest != indexes_.end()) {
      std::unique_ptr<EnrollmentIndex> index = std::move(*newest);
      indexes_.erase(newest);
      return index;
    }
  }
  return std::make_unique<EnrollmentIndex>(std::string(clinic), calendar_fingerprint);
}

void EnrollmentIndexCache::GiveBack(std::unique_ptr<EnrollmentIndex> index) {
  std::list<std::unique_ptr<EnrollmentIndex>> dropped;  // freed after the lock is released
  MutexLock lock(mutex_);
  indexes_.push_front(std::move(index));
  size_t enrollments = 0;
  for (auto it = indexes_.begin(); it != indexes_.end(); ++it) {
    enrollments += (*it)->entries().size();
    if (it != indexes_.begin() && enrollments > kMaxEnrollments) {
      dropped.splice(dropped.end(), indexes_, it, indexes_.end());
      return;
    }
  }
}

}  // namespace aftercare::engine
