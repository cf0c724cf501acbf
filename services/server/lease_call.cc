#include "services/server/lease_call.h"

namespace aftercare::server {

grpc::ServerUnaryReactor* LeaseRemindersCall::Start(const CallEnvironment& environment, const engine::Method& method,
                                                    grpc::CallbackServerContext* context, const grpc::ByteBuffer* in,
                                                    grpc::ByteBuffer* out) {
  auto* call = new LeaseRemindersCall(environment, method, *context, out);
  if (absl::Status status = call->call_.Decode(*in, &call->request_); !status.ok()) {
    call->Answer(status);
    return call;
  }
  // The lease may finish the call before it is returned here. The call lives on all the same: gRPC does not call OnDone
  // before Start has returned.
  call->lease_ = environment.engine.deliveries.Lease(call->call_.engine_call(), call->request_, &call->response_,
                                                     [call](absl::Status status) { call->Answer(status); });
  return call;
}

void LeaseRemindersCall::Answer(const absl::Status& status) {
  if (status.ok()) *out_ = call_.Encode(response_);
  Finish(call_.End(status));
}

void LeaseRemindersCall::OnCancel() {
  if (lease_) lease_->Cancel();
}

}  // namespace aftercare::server
