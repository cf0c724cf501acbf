// A unary gRPC call that runs one use case of the engine.
#ifndef AFTERCARE_SERVICES_SERVER_UNARY_CALL_H_
#define AFTERCARE_SERVICES_SERVER_UNARY_CALL_H_

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "services/server/server_call.h"

namespace aftercare::server {

// Decodes the request, runs the use case and answers when the use case is done. Never blocks. Finish is called exactly
// once and is the last thing done with the call; gRPC then calls OnDone, and the call deletes itself. If the client
// goes away, work that the use case has not begun is skipped.
template <typename Request, typename Response>
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  // `use_case` is called with (call, request, response, done).
  template <typename UseCase>
  static grpc::ServerUnaryReactor* Start(const CallEnvironment& environment, const engine::Method& method,
                                         grpc::CallbackServerContext* context, const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out, UseCase use_case) {
    auto* call = new UnaryCall(environment, method, *context, out);
    if (absl::Status status = call->call_.Decode(*in, &call->request_); !status.ok()) {
      call->Answer(status);
    } else {
      use_case(call->call_.engine_call(), call->request_, &call->response_,
               [call](absl::Status status) { call->Answer(status); });
    }
    return call;
  }

  void OnCancel() override { call_.engine_call()->Cancel(); }
  void OnDone() override { delete this; }

 private:
  UnaryCall(const CallEnvironment& environment, const engine::Method& method,
            const grpc::CallbackServerContext& context, grpc::ByteBuffer* out)
      : call_(environment, method, context), out_(out) {}

  void Answer(const absl::Status& status) {
    if (status.ok()) *out_ = call_.Encode(response_);
    Finish(call_.End(status));
  }

  ServerCall call_;
  grpc::ByteBuffer* const out_;
  Request request_;
  Response response_;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_UNARY_CALL_H_
