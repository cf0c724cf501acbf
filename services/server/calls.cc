#include "services/server/calls.h"

namespace aftercare::server {

grpc::ServerUnaryReactor* LeaseRemindersCall::Start(engine::Engine& engine, grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* in, grpc::ByteBuffer* out) {
  auto* call = new LeaseRemindersCall(out);
  if (absl::Status status = Decode(*in, &call->request_); !status.ok()) {
    call->Finish(ToGrpc(status));
    return call;
  }
  // The reactor is not deleted before it is returned: gRPC holds back what Finish sets off until then.
  engine::LeaseCall lease = engine.deliveries.Lease(
      CallerOf(*context), call->request_, &call->response_, [call](absl::Status status) {
        if (status.ok()) *call->out_ = Encode(call->response_);
        call->Finish(ToGrpc(status));
      });
  std::lock_guard<std::mutex> lock(call->mutex_);
  call->lease_ = lease;
  if (call->cancelled_) lease.Cancel();
  return call;
}

void LeaseRemindersCall::OnCancel() {
  std::optional<engine::LeaseCall> lease;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    lease = lease_;
  }
  // Outside the lock: it may finish the call.
  if (lease) lease->Cancel();
}

}  // namespace aftercare::server
