#include "services/client/common/failure.h"

#include <algorithm>
#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "services/client/common/names.h"

namespace aftercare::client {
namespace {

constexpr absl::string_view kUsageUrl = "aftercare/usage";
constexpr absl::string_view kDetailsUrl = "type.googleapis.com/google.rpc.Status";

google::rpc::Status DetailsOf(const absl::Status& status) {
  google::rpc::Status details;
  const absl::optional<absl::Cord> payload = status.GetPayload(kDetailsUrl);
  if (payload.has_value()) details.ParseFromString(std::string(*payload));
  return details;
}

// Returns the first detail of that type.
template <typename Detail>
std::optional<Detail> Find(const google::rpc::Status& details) {
  for (const google::protobuf::Any& any : details.details()) {
    Detail detail;
    if (any.Is<Detail>() && any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

std::string CodeName(int code) { return absl::StatusCodeToString(static_cast<absl::StatusCode>(code)); }

// A server that answers adds details. A channel that found no server cannot.
bool IsUnreachable(const absl::Status& status, const google::rpc::Status& details) {
  return (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) && details.details_size() == 0;
}

// Returns one line for each bad field.
std::string RenderViolations(const google::rpc::Status& details) {
  std::string out;
  for (const google::protobuf::Any& any : details.details()) {
    google::rpc::BadRequest bad;
    if (!any.Is<google::rpc::BadRequest>() || !any.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      absl::StrAppend(&out, "  ", violation.field(), ": ", violation.description(), "\n");
    }
  }
  return out;
}

// Returns whether the message only repeats the bad fields. Servers put all they know into the message, for clients that
// show nothing else.
bool IsRepeated(absl::string_view message, const google::rpc::Status& details) {
  const auto bad = Find<google::rpc::BadRequest>(details);
  return bad.has_value() && bad->field_violations_size() > 0 &&
         std::all_of(bad->field_violations().begin(), bad->field_violations().end(), [&](const auto& violation) {
           return absl::StrContains(message, violation.field()) && absl::StrContains(message, violation.description());
         });
}

std::string RenderRetry(const google::rpc::Status& details) {
  const auto retry = Find<google::rpc::RetryInfo>(details);
  if (!retry.has_value()) return "";
  const absl::Duration delay =
      absl::Seconds(retry->retry_delay().seconds()) + absl::Nanoseconds(retry->retry_delay().nanos());
  return absl::StrCat("  try again in ", absl::FormatDuration(delay), "\n");
}

// Returns a line that says what to do, where that is known. The message says it in the terms of the API, this in
// commands.
std::string RenderAdvice(const google::rpc::ErrorInfo& info) {
  if (info.reason() == "ETAG_MISMATCH") return "  Somebody else made a change at the same moment: run it again.\n";
  if (info.reason() == "REPLY_NOT_TO_ASSIGN") return "  Those that wait for it: aftercare replies --unmatched\n";
  if (info.reason() == "REPLY_NOT_TO_DECIDE") return "  Those that wait for it: aftercare replies --held\n";
  const auto enrollment = info.metadata().find("enrollment");
  if (enrollment == info.metadata().end()) return "";
  const std::string id = IdOf(enrollment->second);
  if (info.reason() == "PATIENT_ENROLLED") {
    return absl::StrCat("  Look at it: aftercare timeline ", id,
                        "\n  To enrol all the same, as for a second knee: --allow-concurrent\n");
  }
  if (info.reason() == "PATIENT_DECEASED") {
    return absl::StrCat("  If that is wrong: aftercare end ", id, " --reason withdrawn (or another reason), and then ",
                        "enrol\n");
  }
  return "";
}

// Returns lines that say how a caller gets in, if it was not let in.
std::string RenderAccessAdvice(absl::StatusCode code) {
  if (code == absl::StatusCode::kUnauthenticated) {
    return "  Say who calls: --token-file FILE, or --cert-file FILE and --key-file FILE.\n"
           "  An administrator makes a token: aftercare token create PRINCIPAL --out FILE\n";
  }
  if (code == absl::StatusCode::kPermissionDenied) {
    return "  An administrator gives roles: aftercare role bind PRINCIPAL ROLE --clinic ID\n"
           "  Who has which: aftercare role list\n";
  }
  return "";
}

// Describes a call that nobody answered. Of the channel's long message, only the cause at its end is useful.
std::string RenderUnreachable(const absl::Status& status, absl::string_view server) {
  if (absl::IsDeadlineExceeded(status)) {
    return absl::StrCat("aftercare: ", server, " did not answer in time (--timeout)\n");
  }
  absl::string_view cause = status.message();
  if (absl::StartsWith(cause, "failed to connect")) cause = cause.substr(std::min(cause.size(), cause.rfind(": ") + 2));
  return absl::StrCat("aftercare: no server answers at ", server, cause.empty() ? "" : absl::StrCat(" (", cause, ")"),
                      "\n  Start one with aftercared, or name another with --server or AFTERCARE_SERVER.\n");
}

}  // namespace

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kUsageUrl, absl::Cord());
  return status;
}

absl::Status ServerError(int code, absl::string_view message, absl::string_view details) {
  absl::Status status(static_cast<absl::StatusCode>(code), message);
  if (!details.empty()) status.SetPayload(kDetailsUrl, absl::Cord(details));
  return status;
}

absl::Status FaultsError(absl::string_view message, const plan::FieldErrors& faults) {
  google::rpc::BadRequest bad;
  for (const plan::FieldError& fault : faults) {
    auto* violation = bad.add_field_violations();
    violation->set_field(fault.field);
    violation->set_description(fault.description);
  }
  google::rpc::Status details;
  details.add_details()->PackFrom(bad);
  return ServerError(static_cast<int>(absl::StatusCode::kInvalidArgument), message, details.SerializeAsString());
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = Find<google::rpc::ErrorInfo>(DetailsOf(status));
  return info.has_value() ? info->reason() : "";
}

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  if (status.GetPayload(kUsageUrl).has_value()) return kExitUsage;
  return IsUnreachable(status, DetailsOf(status)) ? kExitUnreachable : kExitRefused;
}

bool IsRetryable(const absl::Status& status) {
  // A server that is stopped in a hurry cancels its calls.
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

std::string RenderFailure(const absl::Status& status, absl::string_view server, absl::string_view explanation) {
  const std::string message(status.message());
  if (status.GetPayload(kUsageUrl).has_value()) return absl::StrCat("aftercare: ", message, "\n");
  const google::rpc::Status details = DetailsOf(status);
  if (IsUnreachable(status, details)) {
    if (explanation.empty()) return RenderUnreachable(status, server);
    return absl::StrCat("aftercare: cannot talk to ", server, ": ", explanation, ".\n");
  }

  std::string out = absl::StrCat("aftercare: ", CodeName(static_cast<int>(status.code())));
  const auto info = Find<google::rpc::ErrorInfo>(details);
  if (info.has_value()) absl::StrAppend(&out, " (", info->reason(), ")");
  if (!message.empty() && !IsRepeated(message, details)) absl::StrAppend(&out, ": ", message);
  const std::string advice =
      absl::StrCat(info.has_value() ? RenderAdvice(*info) : "", RenderAccessAdvice(status.code()));
  return absl::StrCat(out, "\n", RenderViolations(details), advice, RenderRetry(details));
}

std::string RenderItemStatus(const google::rpc::Status& status) {
  std::string out = CodeName(status.code());
  if (const auto info = Find<google::rpc::ErrorInfo>(status)) absl::StrAppend(&out, " (", info->reason(), ")");
  if (!status.message().empty()) absl::StrAppend(&out, ": ", status.message());
  return out;
}

}  // namespace aftercare::client
