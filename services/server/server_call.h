// What all calls of the API have in common, whatever streams in them: who calls, how messages are decoded and encoded,
// and how the call ends. Each kind of call has one of these.
#ifndef AFTERCARE_SERVICES_SERVER_SERVER_CALL_H_
#define AFTERCARE_SERVICES_SERVER_SERVER_CALL_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "scheduler/engine/engine.h"
#include "scheduler/engine/runtime/call.h"
#include "services/server/call_observer.h"

namespace aftercare::server {

// What the calls of a server share. Both must outlive every call.
struct CallEnvironment {
  engine::Engine& engine;
  CallObserver& observer;
};

// What becomes of work that has not begun when the client's deadline passes.
enum class LateWork {
  kSkip,  // nobody waits for it any more
  kDo,    // of a stream, which gRPC cancels then: what it has taken in by then is still done
};

// Thread safe.
class ServerCall {
 public:
  // Begins a call of `method`. `context` is used by the constructor only.
  ServerCall(const CallEnvironment& environment, const engine::Method& method,
             const grpc::CallbackServerContext& context, LateWork late_work = LateWork::kSkip);
  ServerCall(const ServerCall&) = delete;
  ServerCall& operator=(const ServerCall&) = delete;

  // The call as the use cases know it.
  const engine::CallPtr& engine_call() const { return engine_call_; }

  // Decodes a message of the client; see DecodeRequest for errors.
  absl::Status Decode(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

  // Encodes a message for the client.
  grpc::ByteBuffer Encode(const google::protobuf::Message& message);

  // For messages that are decoded or encoded elsewhere: counts them.
  void CountReceived(const grpc::ByteBuffer& bytes);
  void CountSent(const grpc::ByteBuffer& bytes);

  // Ends the call. Returns the status to finish it with. To be called once, right before Finish.
  grpc::Status End(const absl::Status& status);

 private:
  CallObserver& observer_;
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
