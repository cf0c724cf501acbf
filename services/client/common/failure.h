#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_FAILURE_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_FAILURE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/rpc/status.pb.h"
#include "scheduler/plan/field_errors.h"

// What went wrong, as a status that remembers the details the server sent, and what the user reads of it. Functions are
// pure and thread safe.
namespace aftercare::client {

// What the program answers its shell.
inline constexpr int kExitOk = 0;
inline constexpr int kExitRefused = 1;      // The server said no, or a check found faults.
inline constexpr int kExitUsage = 2;        // The command line makes no sense.
inline constexpr int kExitUnreachable = 3;  // Nobody answered.

// A command line that makes no sense.
absl::Status UsageError(absl::string_view message);

// What a server answered: a canonical code other than OK, its message and the serialized google.rpc.Status of the
// trailer (empty if there was none).
absl::Status ServerError(int code, absl::string_view message, absl::string_view details);

// Faults this program found by itself, told as the server would tell them.
absl::Status FaultsError(absl::string_view message, const plan::FieldErrors& faults);

// The reason of a server's ErrorInfo, or nothing.
std::string ReasonOf(const absl::Status& status);

// Which of the exit codes a failure is.
int ExitCodeOf(const absl::Status& status);

// Whether the server, or the way to it, went away and may come back: what was asked can be asked again.
bool MayComeBack(const absl::Status& status);

// The failure in lines for a reader, each ended by a line feed: code, reason and message, then every bad field on a
// line of its own, then when to try again. `server` is where an answer was expected from.
std::string RenderFailure(const absl::Status& status, absl::string_view server);

// The canonical name of a code, `NOT_FOUND`, and the message of the outcome of one item of a batch.
std::string RenderItemStatus(const google::rpc::Status& status);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_FAILURE_H_
