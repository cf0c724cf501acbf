#include "services/server/stream_call.h"

#include <utility>

#include "services/server/caller_of.h"
#include "services/server/codec.h"

namespace aftercare::server {

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamRemindersCall::Start(
    engine::Engine& engine, grpc::CallbackServerContext* context) {
  auto* call = new StreamRemindersCall;
  call->stream_ = engine.deliveries.OpenStream(CallerOf(*context));
  call->StartRead(&call->in_);
  call->Next();
  return call;
}

void StreamRemindersCall::OnReadDone(bool ok) {
  if (!ok) return stream_->Close();
  v1::StreamRemindersRequest request;
  if (absl::Status status = DecodeRequest(in_, &request); !status.ok()) return stream_->Abort(std::move(status));
  stream_->Receive(std::move(request), [this] { StartRead(&in_); });
}

void StreamRemindersCall::Next() {
  stream_->Next(&response_, &end_, [this](absl::Status status) {
    if (end_) return Finish(ToGrpcStatus(status));
    out_ = EncodeResponse(response_);
    StartWrite(&out_);
  });
}

void StreamRemindersCall::OnWriteDone(bool ok) {
  if (!ok) stream_->Abort(absl::CancelledError("the client has gone"));
  Next();
}

void StreamRemindersCall::OnCancel() { stream_->Abort(absl::CancelledError("the client has gone")); }

}  // namespace aftercare::server
