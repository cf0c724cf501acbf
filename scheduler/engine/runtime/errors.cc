#include "scheduler/engine/runtime/errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"

namespace aftercare::engine {
namespace {

constexpr absl::string_view kDomain = "aftercare";

// Message and details travel in trailers, of which gRPC clients take 8 KiB together, the details in base64.
constexpr size_t kMaxField = 200;
constexpr size_t kMaxDescription = 2500;
constexpr size_t kMaxMessage = 1000;
constexpr size_t kMaxViolations = 3600;
constexpr size_t kViolationOverhead = 10;

// Never cut within a character: what is not UTF-8 is no message.
std::string Clipped(const std::string& text, size_t max) {
  if (text.size() <= max) return text;
  size_t size = max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return absl::StrCat(absl::ClippedSubstr(text, 0, size), "...");
}

template <typename Detail>
std::string TypeUrl() {
  return absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name());
}

template <typename Detail>
void Attach(const Detail& detail, absl::Status* status) {
  status->SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

void AttachRetry(absl::Duration delay, absl::Status* status) {
  google::rpc::RetryInfo retry;
  const int64_t nanos = absl::ToInt64Nanoseconds(delay);
  retry.mutable_retry_delay()->set_seconds(nanos / 1'000'000'000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  Attach(retry, status);
}

// The reason of an error that came up without one.
absl::string_view DefaultReason(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kResourceExhausted: return "OVERLOADED";
    case absl::StatusCode::kUnavailable: return "STORE_UNAVAILABLE";
    case absl::StatusCode::kDataLoss: return "STORE_CORRUPT";
    case absl::StatusCode::kAlreadyExists: return "RESOURCE_EXISTS";
    default: return "INTERNAL";
  }
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                       const ErrorMetadata& metadata) {
  absl::Status status(code, message);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(kDomain));
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = value;
  Attach(info, &status);
  return status;
}

absl::Status InvalidFields(const plan::FieldErrors& errors) {
  std::string message;
  google::rpc::BadRequest bad;
  size_t size = 0;
  for (const plan::FieldError& error : errors) {
    const std::string field = Clipped(error.field, kMaxField);
    const std::string description = Clipped(error.description, kMaxDescription);
    size += field.size() + description.size() + kViolationOverhead;
    if (size > kMaxViolations) break;
    absl::StrAppend(&message, message.empty() ? "" : "; ", field, " ", description);
    google::rpc::BadRequest::FieldViolation* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(description);
  }
  if (message.size() > kMaxMessage) {
    message = absl::StrCat(errors.size(), " bad fields, the first: ", bad.field_violations(0).field(), " ",
                           bad.field_violations(0).description());
    message = Clipped(message, kMaxMessage);
  }
  const size_t unnamed = errors.size() - bad.field_violations_size();
  if (unnamed > 0) absl::StrAppend(&message, "; ", unnamed, " more are not listed");
  absl::Status status = MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELDS", message);
  Attach(bad, &status);
  return status;
}

absl::Status InvalidField(absl::string_view field, absl::string_view description) {
  return InvalidFields({{std::string(field), std::string(description)}});
}

void AddPrefixed(absl::string_view prefix, const plan::FieldErrors& errors, plan::FieldErrors* all) {
  for (const plan::FieldError& error : errors) {
    all->push_back({absl::StrCat(prefix, ".", error.field), error.description});
  }
}

absl::Status ResourceNotFound(absl::string_view reason, absl::string_view resource) {
  return MakeError(absl::StatusCode::kNotFound, reason, absl::StrCat(resource, " does not exist"),
                   {{"resource", std::string(resource)}});
}

absl::Status ShuttingDown() {
  return MakeError(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the server is shutting down");
}

absl::Status Presentable(const absl::Status& status) {
  // What became of the call itself has no reason of ours: nobody waits for the answer any more.
  if (status.ok() || absl::IsCancelled(status) || absl::IsDeadlineExceeded(status)) return status;
  absl::Status shown = status;
  if (!shown.GetPayload(TypeUrl<google::rpc::ErrorInfo>()).has_value()) {
    shown = MakeError(status.code(), DefaultReason(status.code()), status.message());
  }
  if (shown.code() == absl::StatusCode::kResourceExhausted) AttachRetry(absl::Milliseconds(100), &shown);
  if (shown.code() == absl::StatusCode::kUnavailable) AttachRetry(absl::Seconds(1), &shown);
  return shown;
}

google::rpc::Status ToStatusProto(const absl::Status& status) {
  google::rpc::Status proto;
  proto.set_code(static_cast<int>(status.code()));
  proto.set_message(std::string(status.message()));
  status.ForEachPayload([&proto](absl::string_view type_url, const absl::Cord& payload) {
    google::protobuf::Any* any = proto.add_details();
    any->set_type_url(std::string(type_url));
    any->set_value(std::string(payload));
  });
  return proto;
}

std::string ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(TypeUrl<google::rpc::ErrorInfo>());
  google::rpc::ErrorInfo info;
  if (!payload.has_value() || !info.ParseFromString(std::string(*payload))) return "";
  return info.reason();
}

}  // namespace aftercare::engine
