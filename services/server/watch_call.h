#ifndef AFTERCARE_SERVICES_SERVER_WATCH_CALL_H_
#define AFTERCARE_SERVICES_SERVER_WATCH_CALL_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "scheduler/engine/engine.h"

namespace aftercare::server {

// WatchEvents: one write in flight, the next message is asked for when it is out. What is written is not copied: all
// calls that are at the same place of a log write the same bytes. As the calls of calls.h: never blocks, finishes
// exactly once, deletes itself.
class WatchEventsCall : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(engine::Engine& engine,
                                                           grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* in);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  void Next();

  std::shared_ptr<engine::Watch> watch_;
  engine::WireMessage message_;
  grpc::ByteBuffer out_;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_WATCH_CALL_H_
