// The gRPC call ImportEnrollments.
#ifndef AFTERCARE_SERVICES_SERVER_IMPORT_CALL_H_
#define AFTERCARE_SERVICES_SERVER_IMPORT_CALL_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "scheduler/engine/enrollments/import.h"
#include "services/server/server_call.h"

namespace aftercare::server {

// A client stream that reads a message when the import asks for it. Never blocks, finishes exactly once and then
// deletes itself.
class ImportEnrollmentsCall : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  // What `environment` refers to must outlive the call.
  static grpc::ServerReadReactor<grpc::ByteBuffer>* Start(const CallEnvironment& environment,
                                                          const engine::Method& method,
                                                          grpc::CallbackServerContext* context, grpc::ByteBuffer* out);

  void OnReadDone(bool ok) override;
  void OnCancel() override { import_->Abort(absl::CancelledError("the client has gone")); }
  void OnDone() override { delete this; }

 private:
  ImportEnrollmentsCall(const CallEnvironment& environment, const engine::Method& method,
                        const grpc::CallbackServerContext& context, grpc::ByteBuffer* out)
      : call_(environment, method, context, LateWork::kDo), out_(out) {}

  // Called by the import when it is done: answers and finishes the call.
  void End(absl::StatusOr<v1::ImportEnrollmentsResponse> response);

  ServerCall call_;
  grpc::ByteBuffer* const out_;
  grpc::ByteBuffer in_;
  std::shared_ptr<engine::Import> import_;  // set before Start returns, constant from then on
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_IMPORT_CALL_H_
