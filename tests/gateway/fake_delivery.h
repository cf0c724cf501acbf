#ifndef AFTERCARE_TESTS_GATEWAY_FAKE_DELIVERY_H_
#define AFTERCARE_TESTS_GATEWAY_FAKE_DELIVERY_H_

#include <grpcpp/grpcpp.h>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.grpc.pb.h"
#include "aftercare/v1/reply_service.grpc.pb.h"

namespace aftercare::gateway {

// A fake DeliveryService and ReplyService on loopback. It leases the messages that the test offers, and misbehaves as
// the test asks. A message that a gateway releases is leased again under another lease id, but only to a stream that
// began later than the one that had it. A gateway releases messages when its stream ends, and this rule keeps them off
// the ending stream even if the server has not seen the end yet. Thread safe. Await functions fail the test, or return
// false, after five minutes.
class FakeDelivery final : public v1::DeliveryService::Service, public v1::ReplyService::Service {
 public:
  explicit FakeDelivery(std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials())
      : credentials_(std::move(credentials)) {
    Start();
  }
  ~FakeDelivery() override { Stop(); }

  // Starts the server. Uses the same port as before, or any free port the first time.
  void Start();
  // Ends all streams and stops the server.
  void Stop();
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // Leases the message as soon as a stream for its channel has room for it.
  void Offer(const v1::Lease& lease) { OfferAll({lease}); }
  // Offers several messages at once. After IgnoreLimits, one response brings them all.
  void OfferAll(const std::vector<v1::Lease>& leases);
  // From now on, streams are given more leases than their max_outstanding.
  void IgnoreLimits();
  // Sends the lease to every open stream, and says in the same response that the lease has ended.
  void OfferEnded(const v1::Lease& lease);
  // Ends open streams with UNAVAILABLE.
  void BreakStreams();
  // The next `count` calls of ReportDeliveries and RecordReply fail with UNAVAILABLE.
  void RefuseCalls(int count);
  // From now on, RecordReply calls end with `code`.
  void AnswerReplies(grpc::StatusCode code);
  // From now on, RecordReply answers with `text` as the automatic reply, except to a request_id that it has answered.
  void AutoReply(const std::string& text);

  // Waits for a report on the lease and returns the first one. The second function waits for one with `outcome`.
  v1::DeliveryReport AwaitReport(const std::string& lease_id);
  v1::DeliveryReport AwaitReport(const std::string& lease_id, v1::DeliveryOutcome outcome);
  // Waits until `count` streams were opened since the beginning. Returns the configurations of all streams.
  std::vector<v1::StreamConfiguration> AwaitStreams(size_t count);
  // Waits until the clients of `count` streams have closed their sides.
  bool AwaitClosed(int count);
  // Waits until `count` replies have come. Returns all replies, including refused ones.
  std::vector<v1::RecordReplyRequest> AwaitReplies(size_t count);

  // Waits until a stream was opened with this `authorization` header.
  bool AwaitAuthorization(const std::string& authorization);

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
    std::vector<std::string> leases;  // ids of leases that the gateway has not reported on
    v1::StreamRemindersResponse answers;
    bool closed = false;  // the client has closed its side
    int64_t breaks = 0;   // the value of breaks_ when the stream began
  };

  // A message that is leased, or waits to be leased.
  struct Message {
    v1::Lease lease;
    int stream = 0;  // the number of the last stream that leased the message, 0 before the first
  };

  void ReadReports(Stream* stream, Open* open);
  v1::DeliveryResult Take(const v1::DeliveryReport& report) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool FillLeases(Open* open) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool ignore_limits_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t breaks_ ABSL_GUARDED_BY(mutex_) = 0;
  int refuse_ ABSL_GUARDED_BY(mutex_) = 0;
  int closed_ ABSL_GUARDED_BY(mutex_) = 0;
  grpc::StatusCode reply_code_ ABSL_GUARDED_BY(mutex_) = grpc::StatusCode::OK;
  std::string auto_reply_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> answered_ ABSL_GUARDED_BY(mutex_);  // request ids of RecordReply
  std::deque<Message> offers_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Message> leased_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, bool> sent_ ABSL_GUARDED_BY(mutex_);
  std::vector<Open*> open_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::StreamConfiguration> configurations_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> authorizations_ ABSL_GUARDED_BY(mutex_);  // of streams
  std::vector<v1::DeliveryReport> reports_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::RecordReplyRequest> replies_ ABSL_GUARDED_BY(mutex_);
};

// Returns a lease of a message. Its text contains `id`.
v1::Lease MakeLease(const std::string& id, v1::Channel channel, const std::string& address);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_TESTS_GATEWAY_FAKE_DELIVERY_H_
