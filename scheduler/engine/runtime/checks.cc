#include "scheduler/engine/runtime/checks.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {

absl::Status CheckClinic(const Caller& caller, absl::string_view clinic) {
  if (caller.MayTouch(clinic)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kPermissionDenied, "CLINIC_NOT_YOURS",
                   absl::StrCat("no access to ", ClinicNameOf(clinic)));
}

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

int PageSize(int32_t page_size, plan::FieldErrors* errors) {
  constexpr int kDefault = 100;
  constexpr int kMax = 1000;
  if (page_size < 0) errors->push_back({"page_size", "must not be negative"});
  if (page_size <= 0) return kDefault;
  return page_size < kMax ? page_size : kMax;
}

}  // namespace aftercare::engine
