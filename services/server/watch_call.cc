#include "services/server/watch_call.h"

#include <utility>
#include <vector>

#include "services/server/caller_of.h"
#include "services/server/codec.h"

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

grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchEventsCall::Start(engine::Engine& engine,
                                                                   grpc::CallbackServerContext* context,
                                                                   const grpc::ByteBuffer* in) {
  auto* call = new WatchEventsCall;
  v1::WatchEventsRequest request;
  absl::Status status = DecodeRequest(*in, &request);
  if (status.ok()) {
    auto watch = engine::Watch::Open(engine.context, engine.event_feed, CallerOf(*context), request);
    status = watch.status();
    if (watch.ok()) call->watch_ = *std::move(watch);
  }
  if (status.ok()) {
    call->Next();
  } else {
    call->Finish(ToGrpcStatus(status));
  }
  return call;
}

void WatchEventsCall::Next() {
  watch_->Next(&message_, [this](absl::Status status) {
    if (!status.ok()) return Finish(ToGrpcStatus(status));
    out_ = ToByteBuffer(message_);
    message_ = {};
    StartWrite(&out_);
  });
}

void WatchEventsCall::OnWriteDone(bool ok) {
  if (!ok) return Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the client has gone"));
  out_.Clear();  // a call that waits holds on to nothing
  Next();
}

void WatchEventsCall::OnCancel() {
  // Ends the Next under way, or the one after the write under way; either finishes the call.
  if (watch_ != nullptr) watch_->Cancel();
}

}  // namespace aftercare::server
