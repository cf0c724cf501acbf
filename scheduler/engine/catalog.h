#ifndef AFTERCARE_SCHEDULER_ENGINE_CATALOG_H_
#define AFTERCARE_SCHEDULER_ENGINE_CATALOG_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/store/facts.h"

namespace aftercare::engine {

// Compiled pathway revisions, kept since revisions never change. Thread safe.
class Catalog {
 public:
  // The revision (a number, not 0), from memory or from `facts`. NOT_FOUND / PATHWAY_NOT_FOUND if the store has none;
  // DATA_LOSS if what it has does not compile.
  absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> Get(store::Facts& facts, absl::string_view clinic,
                                                                   absl::string_view pathway, int32_t revision);

  // Forgets everything. For when a commit failed: what was compiled from it may be taken back, and its number given to
  // another revision.
  void Clear();

 private:
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const plan::CompiledPathway>> compiled_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_CATALOG_H_
