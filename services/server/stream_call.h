// The gRPC call StreamReminders.
#ifndef AFTERCARE_SERVICES_SERVER_STREAM_CALL_H_
#define AFTERCARE_SERVICES_SERVER_STREAM_CALL_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/lease_stream.h"
#include "services/server/server_call.h"

namespace aftercare::server {

// A bidirectional stream with at most one read and one write in flight. Each is started when the lease stream is ready
// for it. Never blocks. Finishes exactly once, when the lease stream is over, which is after the last StartRead; then
// it deletes itself.
class StreamRemindersCall : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // What `environment` refers to must outlive the call.
  static grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Start(const CallEnvironment& environment,
                                                                            const engine::Method& method,
                                                                            grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  StreamRemindersCall(const CallEnvironment& environment, const engine::Method& method,
                      const grpc::CallbackServerContext& context)
      : call_(environment, method, context, LateWork::kDo) {}

  // Asks the lease stream for the next response, and writes it when it is there.
  void Next();

  ServerCall call_;
  std::shared_ptr<engine::LeaseStream> stream_;  // set before Start returns, constant from then on
  grpc::ByteBuffer in_;  // belongs to the read in flight

  // These belong to the call of Next that waits, then to the write in flight.
  grpc::ByteBuffer out_;
  v1::StreamRemindersResponse response_;
  bool end_ = false;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_STREAM_CALL_H_
