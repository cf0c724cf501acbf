// The gRPC call ImportEnrollments.
#ifndef AFTERCARE_SERVICES_SERVER_IMPORT_CALL_H_
#define AFTERCARE_SERVICES_SERVER_IMPORT_CALL_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "scheduler/engine/engine.h"
#include "scheduler/engine/enrollments/import.h"

namespace aftercare::server {

// A client stream that reads a message when the import asks for it. Never blocks, finishes exactly once and then deletes
// itself.
class ImportEnrollmentsCall : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  // `engine` must outlive the call.
  static grpc::ServerReadReactor<grpc::ByteBuffer>* Start(engine::Engine& engine, grpc::CallbackServerContext* context,
                                                          grpc::ByteBuffer* out);

  void OnReadDone(bool ok) override;
  void OnCancel() override { import_->Abort(absl::CancelledError("the client has gone")); }
  void OnDone() override { delete this; }

 private:
  explicit ImportEnrollmentsCall(grpc::ByteBuffer* out) : out_(out) {}

  // Called by the import when it is done: answers and finishes the call.
  void End(absl::StatusOr<v1::ImportEnrollmentsResponse> response);

  grpc::ByteBuffer* const out_;
  grpc::ByteBuffer in_;
  std::shared_ptr<engine::Import> import_;  // set before Start returns, constant from then on
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_IMPORT_CALL_H_
