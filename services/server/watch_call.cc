#include "services/server/watch_call.h"

#include <utility>
#include <vector>

namespace aftercare::server {
namespace {

// Bytes that gRPC lets go of when it is done with them.
grpc::Slice ToSlice(const engine::SharedBytes& piece) {
  using Owner = std::shared_ptr<const void>;
  return grpc::Slice(
      const_cast<char*>(piece.bytes.data()), piece.bytes.size(),
      [](void* owner) { delete static_cast<Owner*>(owner); }, new Owner(piece.owner));
}

grpc::ByteBuffer ToByteBuffer(const engine::WireMessage& message) {
  std::vector<grpc::Slice> slices;
  slices.reserve(message.size());
  for (const engine::SharedBytes& piece : message) slices.push_back(ToSlice(piece));
  return grpc::ByteBuffer(slices.data(), slices.size());
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchEventsCall::Start(const CallEnvironment& environment,
                                                                   const engine::Method& method,
                                                                   grpc::CallbackServerContext* context,
                                                                   const grpc::ByteBuffer* in) {
  auto* call = new WatchEventsCall(environment, method, *context);
  v1::WatchEventsRequest request;
  absl::Status status = call->call_.Decode(*in, &request);
  if (status.ok()) {
    auto watch = environment.engine.watches.Open(call->call_.engine_call(), request);
    status = watch.status();
    if (watch.ok()) call->watch_ = *std::move(watch);
  }
  if (status.ok()) {
    call->Next();
  } else {
    call->Finish(call->call_.End(status));
  }
  return call;
}

void WatchEventsCall::Next() {
  watch_->Next(&message_, [this](absl::Status status) {
    if (!status.ok()) return Finish(call_.End(status));
    out_ = ToByteBuffer(message_);
    call_.CountSent(out_);
    message_ = {};
    StartWrite(&out_);
  });
}

void WatchEventsCall::OnWriteDone(bool ok) {
  if (!ok) return Finish(call_.End(absl::CancelledError("the client has gone")));
  out_.Clear();  // a call that waits holds on to nothing
  Next();
}

void WatchEventsCall::OnCancel() {
  // Ends the Next under way, or the one after the write under way; either finishes the call.
  if (watch_ != nullptr) watch_->Abort(absl::CancelledError("the client has gone"));
}

}  // namespace aftercare::server
