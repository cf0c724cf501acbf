#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_FAILURE_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_FAILURE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"
#include "scheduler/plan/input/field_errors.h"

// Failures of a command: statuses that keep the error details the server sent, the text users read, and the exit code.
// All functions are pure and thread safe.
namespace aftercare::client {

// Exit codes of the program.
inline constexpr int kExitOk = 0;
inline constexpr int kExitRefused = 1;      // The server refused the request, or a check found faults.
inline constexpr int kExitUsage = 2;        // The command line makes no sense, or a file cannot be used.
inline constexpr int kExitUnreachable = 3;  // No server answered.

// Returns the status of a command line that makes no sense.
absl::Status UsageError(absl::string_view message);

// Returns the status of a call that the server refused. `code` is a canonical code other than OK. `details` is the
// serialized google.rpc.Status of the trailer, empty if there was none.
absl::Status ServerError(int code, absl::string_view message, absl::string_view details);

// Returns the status of faults that this program found by itself. It looks like the status of a server that found bad
// fields.
absl::Status FaultsError(absl::string_view message, const plan::FieldErrors& faults);

// Returns the reason of the server's ErrorInfo, or an empty string if the status has none.
std::string ReasonOf(const absl::Status& status);

// Returns the exit code for the status.
int ExitCodeOf(const absl::Status& status);

// Returns whether the same request may succeed if it is sent again: the server could not be reached, or it stopped and
// cancelled the call (UNAVAILABLE or CANCELLED).
bool IsRetryable(const absl::Status& status);

// Returns the failure as lines of text, each ended by a line feed. The first has the code, the reason and the message.
// Then comes one line for each bad field, then what to do or when to try again, where that is known. Usage errors are
// only their message. `server` is the address the program called. `explanation` says why no server answered there, if
// that is known; it is one sentence without its end.
std::string RenderFailure(const absl::Status& status, absl::string_view server, absl::string_view explanation = "");

// Returns the outcome of one item of a batch on one line: the name of the code (`NOT_FOUND`), reason and message.
std::string RenderItemStatus(const google::rpc::Status& status);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_FAILURE_H_
