#ifndef AFTERCARE_SERVICES_SERVER_STREAM_CALL_H_
#define AFTERCARE_SERVICES_SERVER_STREAM_CALL_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/lease_stream.h"
#include "scheduler/engine/engine.h"

namespace aftercare::server {

// StreamReminders: one read and one write in flight, each begun when the stream is ready for it. Finish is called when
// the stream says that it is over, which is after the last StartRead; the call deletes itself when gRPC is done with
// it.
class StreamRemindersCall : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  static grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Start(engine::Engine& engine,
                                                                            grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  void Next();

  std::shared_ptr<engine::LeaseStream> stream_;
  grpc::ByteBuffer in_;
  grpc::ByteBuffer out_;
  v1::StreamRemindersResponse response_;
  bool end_ = false;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_STREAM_CALL_H_
