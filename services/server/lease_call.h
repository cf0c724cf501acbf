// The gRPC call LeaseReminders.
#ifndef AFTERCARE_SERVICES_SERVER_LEASE_CALL_H_
#define AFTERCARE_SERVICES_SERVER_LEASE_CALL_H_

#include <grpcpp/grpcpp.h>

#include <optional>

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/lease_call.h"
#include "services/server/server_call.h"

namespace aftercare::server {

// A unary call that may wait until something is due. If its client goes away meanwhile, nothing is leased for it. Never
// blocks, finishes exactly once and then deletes itself.
class LeaseRemindersCall : public grpc::ServerUnaryReactor {
 public:
  // What `environment` refers to must outlive the call.
  static grpc::ServerUnaryReactor* Start(const CallEnvironment& environment, const engine::Method& method,
                                         grpc::CallbackServerContext* context, const grpc::ByteBuffer* in,
                                         grpc::ByteBuffer* out);

  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  LeaseRemindersCall(const CallEnvironment& environment, const engine::Method& method,
                     const grpc::CallbackServerContext& context, grpc::ByteBuffer* out)
      : call_(environment, method, context), out_(out) {}

  void Answer(const absl::Status& status);

  ServerCall call_;
  grpc::ByteBuffer* const out_;
  v1::LeaseRemindersRequest request_;
  v1::LeaseRemindersResponse response_;
  // Set before Start returns, and so before gRPC can call OnCancel; constant from then on. Empty if the request was
  // refused.
  std::optional<engine::LeaseCall> lease_;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_LEASE_CALL_H_
