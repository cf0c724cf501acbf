#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CACHE_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CACHE_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

class EngineContext;
struct EnrollmentContext;

// The contexts of late: a message is fired, leased and reported within moments as a rule, and to read its enrollment
// and work out what its plan goes by costs more than the change itself.
//
// Holds only what is durable. Whoever asks is given what it holds where the database says that nothing has changed
// since, which is far cheaper to ask.
// Thread safe.
class EnrollmentCache {
 public:
  // How many are kept: from kKept to twice that.
  static constexpr size_t kKept = 4096;

  // As RequireEnrollmentContext.
  absl::StatusOr<std::shared_ptr<const EnrollmentContext>> Require(EngineContext& engine, store::ReadTransaction& tx,
                                                                   absl::string_view clinic,
                                                                   absl::string_view enrollment);

  // Keeps a context as it was committed, or read from a snapshot.
  void Keep(std::shared_ptr<const EnrollmentContext> context);

 private:
  using Kept = absl::flat_hash_map<std::string, std::shared_ptr<const EnrollmentContext>>;

  std::shared_ptr<const EnrollmentContext> Find(const std::string& key);

  std::mutex mutex_;
  Kept recent_;  // those kept last, and
  Kept older_;   // as many as there were before them
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ENROLLMENT_CACHE_H_
