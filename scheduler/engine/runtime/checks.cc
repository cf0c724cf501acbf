#include "scheduler/engine/runtime/checks.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {

absl::StatusOr<store::ClinicRow> RequireClinic(store::ReadTransaction& tx, absl::string_view clinic) {
  auto row = tx.GetClinic(clinic);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return ResourceNotFound("CLINIC_NOT_FOUND", ClinicNameOf(clinic));
  return **std::move(row);
}

void CheckRequestId(absl::string_view request_id, plan::FieldErrors* errors) {
  if (request_id.empty() || IsForeignId(request_id)) return;
  errors->push_back({"request_id", "must be 1 to 64 letters, digits, '.', '_' or '-'"});
}

absl::Status CheckEtag(absl::string_view etag, int64_t version, absl::string_view resource) {
  if (etag.empty() || etag == EtagOf(version)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                   absl::StrCat(resource, " has changed since it was read"), {{"resource", std::string(resource)}});
}

std::string EtagOf(int64_t version) { return absl::StrCat("v", version); }

int PageSize(int32_t page_size, plan::FieldErrors* errors, int default_size) {
  if (page_size < 0) errors->push_back({"page_size", "must not be negative"});
  if (page_size <= 0) return default_size;
  return page_size < kMaxPageSize ? page_size : kMaxPageSize;
}

}  // namespace aftercare::engine
