// Checks that most use cases begin with: the clinic, the request_id, the etag and the page_size of a request. Functions
// are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CHECKS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CHECKS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Returns the clinic's row, or NOT_FOUND / CLINIC_NOT_FOUND.
absl::StatusOr<store::ClinicRow> RequireClinic(store::ReadTransaction& tx, absl::string_view clinic);

// Adds to `errors` if `request_id` is neither empty nor well formed.
void CheckRequestId(absl::string_view request_id, plan::FieldErrors* errors);

// Returns ABORTED / ETAG_MISMATCH unless `etag` is empty or the etag of `version`. `resource` is the full name.
absl::Status CheckEtag(absl::string_view etag, int64_t version, absl::string_view resource);
std::string EtagOf(int64_t version);

// Returns how many items a page holds: `page_size`, but `default_size` if it is 0, and at most kMaxPageSize. Adds an
// error if `page_size` is negative.
inline constexpr int kMaxPageSize = 1000;
int PageSize(int32_t page_size, plan::FieldErrors* errors, int default_size = 100);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_CHECKS_H_
