#include "services/server/server_call.h"

#include <grpc/support/time.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "scheduler/engine/runtime/errors.h"
#include "services/server/caller_of.h"
#include "services/server/codec.h"

namespace aftercare::server {
namespace {

using SteadyClock = std::chrono::steady_clock;

SteadyClock::time_point DeadlineOf(const grpc::CallbackServerContext& context) {
  const gpr_timespec deadline = gpr_convert_clock_type(context.raw_deadline(), GPR_CLOCK_MONOTONIC);
  if (gpr_time_cmp(deadline, gpr_inf_future(GPR_CLOCK_MONOTONIC)) == 0) return SteadyClock::time_point::max();
  const gpr_timespec left = gpr_time_sub(deadline, gpr_now(GPR_CLOCK_MONOTONIC));
  return SteadyClock::now() + std::chrono::milliseconds(gpr_time_to_millis(left));
}

std::string CallersTraceId(const grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find("traceparent");
  if (found == metadata.end()) return "";
  return TraceIdOf(absl::string_view(found->second.data(), found->second.size()));
}

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string TraceIdOf(absl::string_view traceparent) {
  constexpr size_t kSize = 55;  // 00-<32 digits>-<16 digits>-<2 digits>
  if (traceparent.size() != kSize || traceparent.substr(0, 3) != "00-" || traceparent[35] != '-' ||
      traceparent[52] != '-') {
    return "";
  }
  const absl::string_view trace_id = traceparent.substr(3, 32);
  const bool is_valid = IsLowerHex(trace_id) && IsLowerHex(traceparent.substr(36, 16)) &&
                        IsLowerHex(traceparent.substr(53)) &&
                        trace_id.find_first_not_of('0') != absl::string_view::npos;
  return is_valid ? std::string(trace_id) : "";
}

ServerCall::ServerCall(const CallEnvironment& environment, const engine::Method& method,
                       const grpc::CallbackServerContext& context, LateWork late_work)
    : ServerCall(environment, method, context, late_work,
                 CallerOf(context, environment.principal_property, environment.engine.access)) {}

ServerCall::ServerCall(const CallEnvironment& environment, const engine::Method& method,
                       const grpc::CallbackServerContext& context, LateWork late_work,
                       absl::StatusOr<engine::Caller> caller)
    : observer_(environment.observer),
      identified_(caller.status()),
      begin_(SteadyClock::now()),
      engine_call_(environment.engine.NewCall(
          {.caller = caller.ok() ? *std::move(caller) : engine::Caller(),  // one without any rights
           .method = &method,
           .trace_id = CallersTraceId(context),
           .deadline = late_work == LateWork::kDo ? SteadyClock::time_point::max() : DeadlineOf(context)})) {
  observer_.OnStarted(method.name);
}

absl::Status ServerCall::Decode(const grpc::ByteBuffer& bytes, google::protobuf::Message* message) {
  CountReceived(bytes);
  return identified_.ok() ? DecodeRequest(bytes, message) : identified_;
}

grpc::ByteBuffer ServerCall::Encode(const google::protobuf::Message& message) {
  grpc::ByteBuffer bytes = EncodeResponse(message);
  CountSent(bytes);
  return bytes;
}

void ServerCall::CountReceived(const grpc::ByteBuffer& bytes) {
  messages_received_.fetch_add(1, std::memory_order_relaxed);
  request_bytes_.fetch_add(static_cast<int64_t>(bytes.Length()), std::memory_order_relaxed);
}

void ServerCall::CountSent(const grpc::ByteBuffer& bytes) {
  messages_sent_.fetch_add(1, std::memory_order_relaxed);
  response_bytes_.fetch_add(static_cast<int64_t>(bytes.Length()), std::memory_order_relaxed);
}

grpc::Status ServerCall::End(const absl::Status& status) {
  const absl::Status shown = status.ok() ? status : engine::Presentable(status);
  const std::string reason = engine::ReasonOf(shown);
  // The name of a clinic that does not exist, or is not the caller's, may be anything, even a patient's data.
  const bool is_known = !absl::IsNotFound(shown) && !absl::IsPermissionDenied(shown);
  const std::string clinic = is_known ? engine_call_->clinic() : "";
  observer_.OnEnded({.method = engine_call_->method().name,
                     .code = shown.code(),
                     .reason = reason,
                     .duration = absl::FromChrono(SteadyClock::now() - begin_),
                     .principal = engine_call_->caller().principal,
                     .clinic = clinic,
                     .trace_id = engine_call_->trace_id(),
                     .messages_received = messages_received_.load(),
                     .messages_sent = messages_sent_.load(),
                     .request_bytes = request_bytes_.load(),
                     .response_bytes = response_bytes_.load()});
  return ToGrpcStatus(shown);
}

}  // namespace aftercare::server
