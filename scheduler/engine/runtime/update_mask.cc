#include "scheduler/engine/runtime/update_mask.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace aftercare::engine {

void CheckUpdateMask(const google::protobuf::FieldMask& mask, absl::Span<const absl::string_view> fields,
                     plan::FieldErrors* errors) {
  for (int i = 0; i < mask.paths_size(); ++i) {
    const std::string& path = mask.paths(i);
    if (path == "*" || std::find(fields.begin(), fields.end(), path) != fields.end()) continue;
    errors->push_back({absl::StrCat("update_mask.paths[", i, "]"),
                       absl::StrCat("must be one of: *, ", absl::StrJoin(fields, ", "))});
  }
}

bool IsUpdated(const google::protobuf::FieldMask& mask, absl::string_view field, bool is_set) {
  if (mask.paths().empty()) return is_set;
  return std::any_of(mask.paths().begin(), mask.paths().end(),
                     [field](const std::string& path) { return path == field || path == "*"; });
}

}  // namespace aftercare::engine
