// The gRPC call WatchEvents.
#ifndef AFTERCARE_SERVICES_SERVER_WATCH_CALL_H_
#define AFTERCARE_SERVICES_SERVER_WATCH_CALL_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "scheduler/engine/events/watch.h"
#include "services/server/server_call.h"

namespace aftercare::server {

// A server stream with at most one write in flight. The next message is asked for when the last one is written. Bytes
// are not copied: all calls at the same position of a log write the same bytes. Never blocks, finishes exactly once and
// then deletes itself.
class WatchEventsCall : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  // What `environment` refers to must outlive the call.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const CallEnvironment& environment,
                                                           const engine::Method& method,
                                                           grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* in);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  WatchEventsCall(const CallEnvironment& environment, const engine::Method& method,
                  const grpc::CallbackServerContext& context)
      : call_(environment, method, context, LateWork::kDo) {}

  // Asks the watch for the next message, and writes it when it is there.
  void Next();

  ServerCall call_;
  // Set before Start returns, constant from then on. Null if the request was refused.
  std::shared_ptr<engine::Watch> watch_;

  // These belong to the call of Next that waits, then to the write in flight.
  engine::WireMessage message_;
  grpc::ByteBuffer out_;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_WATCH_CALL_H_
