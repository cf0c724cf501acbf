#include "services/server/stream_call.h"

#include <utility>

namespace aftercare::server {

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamRemindersCall::Start(
    const CallEnvironment& environment, const engine::Method& method, grpc::CallbackServerContext* context) {
  auto* call = new StreamRemindersCall(environment, method, *context);
  call->stream_ = environment.engine.deliveries.OpenStream(call->call_.engine_call());
  if (const absl::Status& identified = call->call_.identified(); !identified.ok()) {
    call->stream_->Abort(identified);
  } else {
    call->StartRead(&call->in_);
  }
  call->Next();
  return call;
}

void StreamRemindersCall::OnReadDone(bool ok) {
  if (!ok) return stream_->Close();
  v1::StreamRemindersRequest request;
  if (absl::Status status = call_.Decode(in_, &request); !status.ok()) return stream_->Abort(std::move(status));
  stream_->Receive(std::move(request), [this] { StartRead(&in_); });
}

void StreamRemindersCall::Next() {
  stream_->Next(&response_, &end_, [this](absl::Status status) {
    if (end_) return Finish(call_.End(status));
    out_ = call_.Encode(response_);
    StartWrite(&out_);
  });
}

void StreamRemindersCall::OnWriteDone(bool ok) {
  if (!ok) stream_->Abort(absl::CancelledError("the client has gone"));
  Next();
}

void StreamRemindersCall::OnCancel() { stream_->Abort(absl::CancelledError("the client has gone")); }

}  // namespace aftercare::server
