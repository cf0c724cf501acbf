// What all kinds of calls of the API have in common, unary calls and streams: who calls, how messages are decoded and
// encoded, and how the call ends.
#ifndef AFTERCARE_SERVICES_SERVER_SERVER_CALL_H_
#define AFTERCARE_SERVICES_SERVER_SERVER_CALL_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "scheduler/engine/engine.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/caller.h"
#include "services/server/call_observer.h"

namespace aftercare::server {

// What all calls of a server share. It must outlive every call.
struct CallEnvironment {
  engine::Engine& engine;
  CallObserver& observer;
  const std::string& principal_property;  // see CallerOf
};

// Whether a call begins work after the client's deadline has passed.
enum class LateWork {
  kSkip,  // a unary call: nobody waits for the answer any more
  kDo,    // a stream, which gRPC cancels at the deadline: work for messages received until then is done
};

// The part of a call that is the same for all kinds. Each call object owns one. Thread safe.
class ServerCall {
 public:
  // Begins a call of `method`. `context` is used by the constructor only.
  ServerCall(const CallEnvironment& environment, const engine::Method& method,
             const grpc::CallbackServerContext& context, LateWork late_work = LateWork::kSkip);
  ServerCall(const ServerCall&) = delete;
  ServerCall& operator=(const ServerCall&) = delete;

  // The call as the use cases know it.
  const engine::CallPtr& engine_call() const { return engine_call_; }

  // Returns UNAUTHENTICATED if the caller has not proved who it is. The call is then to be finished with this.
  const absl::Status& identified() const { return identified_; }

  // Decodes a message of the client; see DecodeRequest for errors. Does not look at the message, and returns the error,
  // if the caller is not identified.
  absl::Status Decode(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

  // Encodes a message for the client.
  grpc::ByteBuffer Encode(const google::protobuf::Message& message);

  // Count a message that is decoded or encoded elsewhere.
  void CountReceived(const grpc::ByteBuffer& bytes);
  void CountSent(const grpc::ByteBuffer& bytes);

  // Tells the observer that the call has ended. Returns the status to finish it with. Call it exactly once, right
  // before Finish.
  grpc::Status End(const absl::Status& status);

 private:
  // `caller` has the identity, or why there is none.
  ServerCall(const CallEnvironment& environment, const engine::Method& method,
             const grpc::CallbackServerContext& context, LateWork late_work, absl::StatusOr<engine::Caller> caller);

  CallObserver& observer_;
  const absl::Status identified_;
  const std::chrono::steady_clock::time_point begin_;
  const engine::CallPtr engine_call_;
  std::atomic<int64_t> messages_received_{0};
  std::atomic<int64_t> messages_sent_{0};
  std::atomic<int64_t> request_bytes_{0};
  std::atomic<int64_t> response_bytes_{0};
};

// Returns the trace id of a `traceparent` header (W3C Trace Context, version 00): 32 hexadecimal digits. Empty if the
// header is not valid.
std::string TraceIdOf(absl::string_view traceparent);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_SERVER_CALL_H_
