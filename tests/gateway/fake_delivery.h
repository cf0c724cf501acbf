#ifndef AFTERCARE_TESTS_GATEWAY_FAKE_DELIVERY_H_
#define AFTERCARE_TESTS_GATEWAY_FAKE_DELIVERY_H_

#include <grpcpp/grpcpp.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.grpc.pb.h"

namespace aftercare::gateway {

// A DeliveryService that leases what the test offers, and behaves as badly as the test wishes. What a stream gives back
// is leased again, under another lease, by a later stream: the gateway gives messages back only when a stream ends or
// is about to, and whether the news of that has come here yet must not decide what a test sees. Thread safe.
class FakeDelivery final : public v1::DeliveryService::Service {
 public:
  FakeDelivery() { Start(); }
  ~FakeDelivery() override { Stop(); }

  // Serves, on the same port as before.
  void Start();
  // Ends all streams and serves no more.
  void Stop();
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // To be leased as soon as there is a stream for its channel that may have more.
  void Offer(const v1::Lease& lease) { OfferAll({lease}); }
  // The same; where limits are ignored, in one message.
  void OfferAll(const std::vector<v1::Lease>& leases);
  // Leases more than a stream may have.
  void IgnoreLimits();
  // Leases one to open streams and tells them at once, in the same message, that it is over.
  void OfferEnded(const v1::Lease& lease);
  // Ends open streams with UNAVAILABLE.
  void BreakStreams();
  // Reports and replies are answered UNAVAILABLE, so many.
  void RefuseCalls(int count);
  // Replies are answered that.
  void AnswerReplies(grpc::StatusCode code);

  // The first report on a lease, or the first with an outcome; an empty one if there is none in time.
  v1::DeliveryReport AwaitReport(const std::string& lease_id);
  v1::DeliveryReport AwaitReport(const std::string& lease_id, v1::DeliveryOutcome outcome);
  // Waits until so many streams were configured, and answers how.
  std::vector<v1::StreamConfiguration> AwaitStreams(size_t count);
  // Waits until the clients of so many streams have closed their sides.
  bool AwaitClosed(int count);
  // Waits until so many replies have come, and answers them.
  std::vector<v1::RecordReplyRequest> AwaitReplies(size_t count);

  std::vector<v1::DeliveryReport> reports() const;
  std::vector<v1::RecordReplyRequest> replies() const;

  using Stream = grpc::ServerReaderWriter<v1::StreamRemindersResponse, v1::StreamRemindersRequest>;
  grpc::Status StreamReminders(grpc::ServerContext* context, Stream* stream) override;
  grpc::Status ReportDeliveries(grpc::ServerContext* context, const v1::ReportDeliveriesRequest* request,
                                v1::ReportDeliveriesResponse* response) override;
  grpc::Status RecordReply(grpc::ServerContext* context, const v1::RecordReplyRequest* request,
                           v1::RecordReplyResponse* response) override;

 private:
  // One stream.
  struct Open {
    int number = 0;  // the first stream is 1
    v1::StreamConfiguration configuration;
    std::vector<std::string> leases;  // that are out
    v1::StreamRemindersResponse answers;
    bool closed = false;  // by the client
    int64_t breaks = 0;   // when it began
  };

  // What is leased, or is to be.
  struct Message {
    v1::Lease lease;
    int stream = 0;  // the number of the last stream that leased the message, 0 before the first
  };

  void ReadReports(Stream* stream, Open* open);
  v1::DeliveryResult Take(const v1::DeliveryReport& report) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool FillLeases(Open* open) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool ignore_limits_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t breaks_ ABSL_GUARDED_BY(mutex_) = 0;
  int refuse_ ABSL_GUARDED_BY(mutex_) = 0;
  int closed_ ABSL_GUARDED_BY(mutex_) = 0;
  grpc::StatusCode reply_code_ ABSL_GUARDED_BY(mutex_) = grpc::StatusCode::OK;
  std::deque<Message> offers_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Message> leased_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, bool> sent_ ABSL_GUARDED_BY(mutex_);
  std::vector<Open*> open_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::StreamConfiguration> configurations_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::DeliveryReport> reports_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::RecordReplyRequest> replies_ ABSL_GUARDED_BY(mutex_);
};

// A lease of a message for one patient. Its text names it.
v1::Lease MakeLease(const std::string& id, v1::Channel channel, const std::string& address);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_TESTS_GATEWAY_FAKE_DELIVERY_H_
