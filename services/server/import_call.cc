#include "services/server/import_call.h"

#include <utility>

#include "services/server/codec.h"

namespace aftercare::server {

grpc::ServerReadReactor<grpc::ByteBuffer>* ImportEnrollmentsCall::Start(const CallEnvironment& environment,
                                                                        const engine::Method& method,
                                                                        grpc::CallbackServerContext* context,
                                                                        grpc::ByteBuffer* out) {
  auto* call = new ImportEnrollmentsCall(environment, method, *context, out);
  // No reaction comes before the reactor is returned, so import_ is set when the first one does.
  call->import_ = environment.engine.enrollments.BeginImport(
      call->call_.engine_call(), [call] { call->StartRead(&call->in_); },
      [call](absl::StatusOr<v1::ImportEnrollmentsResponse> response) { call->End(std::move(response)); });
  if (const absl::Status& identified = call->call_.identified(); !identified.ok()) call->import_->Abort(identified);
  return call;
}

void ImportEnrollmentsCall::OnReadDone(bool ok) {
  if (!ok) return import_->Close();
  v1::ImportEnrollmentsRequest request;
  engine::Import::Unreadable unreadable;
  call_.CountReceived(in_);
  const absl::Status status = DecodeImportRequest(in_, &request, &unreadable);
  if (!status.ok()) return import_->Abort(status);
  import_->Add(std::move(request), std::move(unreadable));
}

void ImportEnrollmentsCall::End(absl::StatusOr<v1::ImportEnrollmentsResponse> response) {
  if (response.ok()) *out_ = call_.Encode(*response);
  Finish(call_.End(response.status()));
}

}  // namespace aftercare::server
