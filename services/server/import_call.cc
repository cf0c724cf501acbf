#include "services/server/import_call.h"

#include <utility>

#include "services/server/caller_of.h"
#include "services/server/codec.h"

namespace aftercare::server {

grpc::ServerReadReactor<grpc::ByteBuffer>* ImportEnrollmentsCall::Start(engine::Engine& engine,
                                                                        grpc::CallbackServerContext* context,
                                                                        grpc::ByteBuffer* out) {
  auto* call = new ImportEnrollmentsCall(out);
  // No reaction comes before the reactor is returned, so import_ is set when the first one does.
  call->import_ = engine::Import::Begin(
      engine.context, engine.sweeper, CallerOf(*context), [call] { call->StartRead(&call->in_); },
      [call](absl::StatusOr<v1::ImportEnrollmentsResponse> response) { call->End(std::move(response)); });
  return call;
}

void ImportEnrollmentsCall::OnReadDone(bool ok) {
  if (!ok) return import_->Close();
  v1::ImportEnrollmentsRequest request;
  engine::Import::Unreadable unreadable;
  const absl::Status status = DecodeImportRequest(in_, &request, &unreadable);
  if (!status.ok()) return import_->Abort(status);
  import_->Add(std::move(request), std::move(unreadable));
}

void ImportEnrollmentsCall::End(absl::StatusOr<v1::ImportEnrollmentsResponse> response) {
  if (response.ok()) *out_ = EncodeResponse(*response);
  Finish(ToGrpcStatus(response.status()));
}

}  // namespace aftercare::server
