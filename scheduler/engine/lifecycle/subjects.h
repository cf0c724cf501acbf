#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SUBJECTS_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SUBJECTS_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scheduler/store/facts.h"

namespace aftercare::engine {

class Core;
struct Subject;

// The subjects of late: a message is fired, leased and reported within moments as a rule, and to read its enrollment and
// work out what its plan goes by costs more than the change itself.
//
// Holds only what is durable. Whoever asks is given what it holds where the database says that nothing has changed
// since, which is far cheaper to ask.
// Thread safe.
class Subjects {
 public:
  // How many are kept: from kKept to twice that.
  static constexpr size_t kKept = 4096;

  // As RequireSubject.
  absl::StatusOr<std::shared_ptr<const Subject>> Require(Core& core, store::Facts& facts, absl::string_view clinic,
                                                         absl::string_view enrollment);

  // Keeps a subject as it was committed, or read from a snapshot.
  void Keep(std::shared_ptr<const Subject> subject);

 private:
  using Kept = absl::flat_hash_map<std::string, std::shared_ptr<const Subject>>;

  std::shared_ptr<const Subject> Find(const std::string& key);

  std::mutex mutex_;
  Kept recent_;  // those kept last, and
  Kept older_;   // as many as there were before them
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_SUBJECTS_H_
