// The gRPC call LeaseReminders.
#ifndef AFTERCARE_SERVICES_SERVER_LEASE_CALL_H_
#define AFTERCARE_SERVICES_SERVER_LEASE_CALL_H_

#include <grpcpp/grpcpp.h>

#include <optional>

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/engine.h"

namespace aftercare::server {

// A unary call that may wait until something is due. If its client goes away meanwhile, nothing is leased for it. Never
// blocks, finishes exactly once and then deletes itself.
class LeaseRemindersCall : public grpc::ServerUnaryReactor {
 public:
  // `engine` must outlive the call.
  static grpc::ServerUnaryReactor* Start(engine::Engine& engine, grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* in, grpc::ByteBuffer* out);

  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  explicit LeaseRemindersCall(grpc::ByteBuffer* out) : out_(out) {}

  grpc::ByteBuffer* const out_;
  v1::LeaseRemindersRequest request_;
  v1::LeaseRemindersResponse response_;
  // Set before Start returns, and so before gRPC can call OnCancel; constant from then on. Empty if the request was
  // refused.
  std::optional<engine::LeaseCall> lease_;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_LEASE_CALL_H_
