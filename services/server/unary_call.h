// A unary gRPC call that runs one use case of the engine.
#ifndef AFTERCARE_SERVICES_SERVER_UNARY_CALL_H_
#define AFTERCARE_SERVICES_SERVER_UNARY_CALL_H_

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "services/server/caller_of.h"
#include "services/server/codec.h"

namespace aftercare::server {

// Decodes the request, runs the use case and answers when the use case is done. Never blocks. Finish is called exactly
// once and is the last thing done with the call; gRPC then calls OnDone, and the call deletes itself.
template <typename Request, typename Response>
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  // `use_case` is called with (caller, request, response, done).
  template <typename UseCase>
  static grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out, UseCase use_case) {
    auto* call = new UnaryCall(out);
    if (absl::Status status = DecodeRequest(*in, &call->request_); !status.ok()) {
      call->Finish(ToGrpcStatus(status));
    } else {
      use_case(CallerOf(*context), call->request_, &call->response_,
               [call](absl::Status status) { call->Answer(status); });
    }
    return call;
  }

  void OnDone() override { delete this; }

 private:
  explicit UnaryCall(grpc::ByteBuffer* out) : out_(out) {}

  void Answer(const absl::Status& status) {
    if (status.ok()) *out_ = EncodeResponse(response_);
    Finish(ToGrpcStatus(status));
  }

  grpc::ByteBuffer* const out_;
  Request request_;
  Response response_;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_UNARY_CALL_H_
