#include "scheduler/engine/catalog.h"

#include "absl/strings/str_cat.h"
#include "scheduler/engine/errors.h"
#include "scheduler/engine/names.h"

namespace aftercare::engine {

absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> Catalog::Get(store::Facts& facts, absl::string_view clinic,
                                                                          absl::string_view pathway,
                                                                          int32_t revision) {
  const std::string key = absl::StrCat(clinic, "/", pathway, "/", revision);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = compiled_.find(key);
    if (found != compiled_.end()) return found->second;
  }
  auto row = facts.GetPathway(clinic, pathway, revision);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return ResourceNotFound("PATHWAY_NOT_FOUND", PathwayNameOf(clinic, pathway));
  plan::FieldErrors errors;
  auto compiled = plan::CompiledPathway::Compile((*row)->data, &errors);
  if (compiled == nullptr) {
    return absl::DataLossError(absl::StrCat("stored pathway ", PathwayNameOf(clinic, pathway), " revision ", revision,
                                            " is not valid: ", errors[0].field, " ", errors[0].description));
  }
  constexpr size_t kMaxKept = 1000;
  std::lock_guard<std::mutex> lock(mutex_);
  if (compiled_.size() >= kMaxKept) compiled_.clear();
  compiled_.emplace(key, compiled);
  return compiled;
}

void Catalog::Clear() {
  std::lock_guard<std::mutex> lock(mutex_);
  compiled_.clear();
}

}  // namespace aftercare::engine
