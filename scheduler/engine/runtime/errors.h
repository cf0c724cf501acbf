// The errors of the service: canonical codes with google.rpc details as payloads of absl::Status. Services hand the
// payloads on as they are. Comments write CODE / REASON for a status code and the reason in its ErrorInfo. Functions
// are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ERRORS_H_
#define AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ERRORS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::engine {

using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// Returns an error with ErrorInfo {reason, domain "aftercare", metadata}.
absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                       const ErrorMetadata& metadata = {});

// Returns INVALID_ARGUMENT / INVALID_FIELDS with a BadRequest that names every field. If there are more than gRPC
// clients accept (some fifty), the last ones are left out and the message says how many. `errors` must not be empty.
absl::Status InvalidFields(const plan::FieldErrors& errors);
absl::Status InvalidField(absl::string_view field, absl::string_view description);

// Appends `errors` to `all`, with `prefix` (a field path) and a dot before each field.
void AddPrefixed(absl::string_view prefix, const plan::FieldErrors& errors, plan::FieldErrors* all);

// Returns NOT_FOUND with a reason such as CLINIC_NOT_FOUND. `resource` is the full name.
absl::Status ResourceNotFound(absl::string_view reason, absl::string_view resource);

// Returns UNAVAILABLE / SHUTTING_DOWN.
absl::Status ShuttingDown();

// Returns `status` as it is sent to a client. An error without ErrorInfo, such as one of the store, gets an ErrorInfo;
// RESOURCE_EXHAUSTED and UNAVAILABLE also get a RetryInfo.
absl::Status Presentable(const absl::Status& status);

// Converts a status with its payloads into the proto that gRPC puts into its trailers.
google::rpc::Status ToStatusProto(const absl::Status& status);

// Returns the reason in the status' ErrorInfo, or an empty string.
std::string ReasonOf(const absl::Status& status);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_RUNTIME_ERRORS_H_
