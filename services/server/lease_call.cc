#include "services/server/lease_call.h"

#include "services/server/caller_of.h"
#include "services/server/codec.h"

namespace aftercare::server {

grpc::ServerUnaryReactor* LeaseRemindersCall::Start(engine::Engine& engine, grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* in, grpc::ByteBuffer* out) {
  auto* call = new LeaseRemindersCall(out);
  if (absl::Status status = DecodeRequest(*in, &call->request_); !status.ok()) {
    call->Finish(ToGrpcStatus(status));
    return call;
  }
  // The lease may finish the call before it is returned here. The call lives on all the same: gRPC does not call OnDone
  // before Start has returned.
  call->lease_ = engine.deliveries.Lease(CallerOf(*context), call->request_, &call->response_,
                                         [call](absl::Status status) {
                                           if (status.ok()) *call->out_ = EncodeResponse(call->response_);
                                           call->Finish(ToGrpcStatus(status));
                                         });
  return call;
}

void LeaseRemindersCall::OnCancel() {
  if (lease_) lease_->Cancel();
}

}  // namespace aftercare::server
