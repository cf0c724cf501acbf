// The update_mask of update requests, as in AIP-134: it lists the fields that a request sets. Without a mask, a request
// sets the fields that are not empty. The path "*" stands for all fields. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_UPDATE_MASK_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_UPDATE_MASK_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/field_mask.pb.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::engine {

// Adds an error for every path of `mask` that is neither "*" nor one of `fields`.
void CheckUpdateMask(const google::protobuf::FieldMask& mask, absl::Span<const absl::string_view> fields,
                     plan::FieldErrors* errors);

// Returns whether a request with this mask sets `field`. `is_set` says whether the field is not empty.
bool IsUpdated(const google::protobuf::FieldMask& mask, absl::string_view field, bool is_set);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_UPDATE_MASK_H_
