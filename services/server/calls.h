// One gRPC call each: reads the request, runs a use case, answers. Never blocks; Finish is called exactly once, and is
// the last thing done with a call, which deletes itself when gRPC is done with it.
#ifndef AFTERCARE_SERVICES_SERVER_CALLS_H_
#define AFTERCARE_SERVICES_SERVER_CALLS_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/engine.h"
#include "services/server/caller_of.h"
#include "services/server/codec.h"

namespace aftercare::server {

// A unary call. `UseCase` is called with (caller, request, response, done).
template <typename Request, typename Response>
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  template <typename UseCase>
  static grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out, UseCase use_case) {
    auto* call = new UnaryCall(out);
    if (absl::Status status = Decode(*in, &call->request_); !status.ok()) {
      call->Finish(ToGrpc(status));
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
    if (status.ok()) *out_ = Encode(response_);
    Finish(ToGrpc(status));
  }

  grpc::ByteBuffer* out_;
  Request request_;
  Response response_;
};

// LeaseReminders: a unary call that may wait, and leases nothing for a client that has gone.
class LeaseRemindersCall : public grpc::ServerUnaryReactor {
 public:
  static grpc::ServerUnaryReactor* Start(engine::Engine& engine, grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* in, grpc::ByteBuffer* out);

  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  explicit LeaseRemindersCall(grpc::ByteBuffer* out) : out_(out) {}

  grpc::ByteBuffer* out_;
  v1::LeaseRemindersRequest request_;
  v1::LeaseRemindersResponse response_;
  std::mutex mutex_;
  std::optional<engine::LeaseCall> lease_;
  bool cancelled_ = false;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_CALLS_H_
