// The errors of the service: canonical codes with google.rpc details as payloads of absl::Status. Services hand the
// payloads on as they are. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ERRORS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ERRORS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "scheduler/plan/field_errors.h"

namespace aftercare::engine {

using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// An error with ErrorInfo {reason, domain "aftercare", metadata}.
absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                       const ErrorMetadata& metadata = {});

// INVALID_ARGUMENT / INVALID_FIELDS with BadRequest naming every field, or as many (some fifty) as fit into what gRPC
// clients accept, and then the message says how many more there are. `errors` must not be empty.
absl::Status InvalidFields(const plan::FieldErrors& errors);
absl::Status InvalidField(absl::string_view field, absl::string_view description);

// Appends `errors` with `prefix` (a field path) before each field.
void AddPrefixed(absl::string_view prefix, const plan::FieldErrors& errors, plan::FieldErrors* all);

// NOT_FOUND / CLINIC_NOT_FOUND and the like; `resource` is the full name.
absl::Status ResourceNotFound(absl::string_view reason, absl::string_view resource);

// UNAVAILABLE / SHUTTING_DOWN.
absl::Status ShuttingDown();

// What a caller is shown: errors of the store get an ErrorInfo too, and RESOURCE_EXHAUSTED and UNAVAILABLE a RetryInfo.
absl::Status Presentable(const absl::Status& status);

// Code, message and details.
google::rpc::Status ToStatusProto(const absl::Status& status);

// The reason in a status' ErrorInfo, or empty.
std::string ReasonOf(const absl::Status& status);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ERRORS_H_
