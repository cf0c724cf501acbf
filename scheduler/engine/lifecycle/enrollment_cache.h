// A cache of enrollment contexts. A reminder usually fires, is leased and is reported within moments. Reading its
// enrollment and making the context costs more than each of these changes, so the contexts are cached.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CACHE_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CACHE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/store/transaction.h"
#include "scheduler/sync.h"

namespace aftercare::engine {

// Holds only contexts of rows that are committed. Returns a cached context only if the enrollment's row has not changed
// since. To ask the database whether it has changed costs a fraction of reading the row. Thread safe.
class EnrollmentCache {
 public:
  // The cache holds the last kCapacity contexts that were put into it, and up to as many older ones.
  static constexpr size_t kCapacity = 8192;

  // Returns the context of an enrollment as `tx` sees it: the cached one if it is current, else a new one, which is not
  // put into the cache. Faster with the row's `row_id`. Errors are those of RequireEnrollmentContext.
  absl::StatusOr<std::shared_ptr<const EnrollmentContext>> Require(EngineContext& engine, store::ReadTransaction& tx,
                                                                   absl::string_view clinic,
                                                                   absl::string_view enrollment,
                                                                   int64_t row_id = 0)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Puts the enrollment of a reminder into the cache, if it is not there. `tx` must read committed data only.
  absl::Status Prefetch(EngineContext& engine, store::ReadTransaction& tx, const store::ReminderRow& row)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Adds a context, or replaces the one of the same enrollment. Its row must be committed: the caller has read it from
  // a snapshot, or has written it in a mutation that is durable now.
  void Put(std::shared_ptr<const EnrollmentContext> context) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Contexts = absl::flat_hash_map<std::string, std::shared_ptr<const EnrollmentContext>>;  // by clinic/enrollment

  // Returns null if there is none.
  std::shared_ptr<const EnrollmentContext> Find(const std::string& key) ABSL_LOCKS_EXCLUDED(mutex_);

  Mutex mutex_;
  // Contexts are put into `recent_`. When that is full it becomes `older_`, and what was there is dropped.
  Contexts recent_ ABSL_GUARDED_BY(mutex_);
  Contexts older_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CACHE_H_
