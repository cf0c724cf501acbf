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

grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchEventsCall::Start(engine::Engine& engine,
                                                                   grpc::CallbackServerContext* context,
                                                                   const grpc::ByteBuffer* in) {
  auto* call = new WatchEventsCall;
  v1::WatchEventsRequest request;
  absl::Status status = Decode(*in, &request);
  if (status.ok()) {
    auto watch = engine::Watch::Open(engine.core, CallerOf(*context), request);
    status = watch.status();
    if (watch.ok()) call->watch_ = *std::move(watch);
  }
  if (status.ok()) {
    call->Next();
  } else {
    call->Finish(ToGrpc(status));
  }
  return call;
}

void WatchEventsCall::Next() {
  watch_->Next(&response_, [this](absl::Status status) {
    if (!status.ok()) return Finish(ToGrpc(status));
    out_ = Encode(response_);
    StartWrite(&out_);
  });
}

void WatchEventsCall::OnWriteDone(bool ok) {
  if (!ok) return Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the client has gone"));
  Next();
}

void WatchEventsCall::OnCancel() {
  // Ends the Next under way, or the one after the write under way; either finishes the call.
  if (watch_ != nullptr) watch_->Cancel();
}

}  // namespace aftercare::server
