#include "services/gateway/server_link.h"

#include <grpc/support/time.h>
#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "aftercare/v1/delivery_service.grpc.pb.h"
#include "aftercare/v1/reply_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/channel/server_channel.h"
#include "spdlog/spdlog.h"

namespace aftercare::gateway {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(10);

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  for (const google::protobuf::Any& any : details.details()) {
    google::rpc::ErrorInfo info;
    if (any.UnpackTo(&info)) return absl::Status(code, info.reason());
  }
  // Without a reason it is not from the server but from gRPC, and about the connection.
  return absl::Status(code, status.error_message());
}

class GrpcStream final : public ReminderStream {
 public:
  GrpcStream(ServerChannel& server, v1::DeliveryService::Stub& stub, const v1::StreamConfiguration& configuration)
      : authenticated_(server.Authenticate(&context_)) {
    if (!authenticated_.ok()) context_.TryCancel();
    stream_ = stub.StreamReminders(&context_);
    v1::StreamRemindersRequest request;
    *request.mutable_configuration() = configuration;
    Write(request);
  }

  ~GrpcStream() override {
    if (finished_) return;
    context_.TryCancel();
    v1::StreamRemindersResponse unread;
    while (stream_->Read(&unread)) continue;
    stream_->Finish();
  }

  bool Read(v1::StreamRemindersResponse* response) override { return stream_->Read(response); }

  bool Write(const v1::StreamRemindersRequest& request) override ABSL_LOCKS_EXCLUDED(write_mutex_) {
    absl::MutexLock lock(&write_mutex_);
    if (!closed_) closed_ = !stream_->Write(request);
    return !closed_;
  }

  void CloseSending() override ABSL_LOCKS_EXCLUDED(write_mutex_) {
    absl::MutexLock lock(&write_mutex_);
    if (!std::exchange(closed_, true)) stream_->WritesDone();
  }

  void Cancel() override { context_.TryCancel(); }

  absl::Status Finish() override ABSL_LOCKS_EXCLUDED(write_mutex_) {
    absl::MutexLock lock(&write_mutex_);  // after a write that is under way
    closed_ = true;
    finished_ = true;
    const grpc::Status ended = stream_->Finish();
    return authenticated_.ok() ? ToStatus(ended) : authenticated_;
  }

 private:
  grpc::ClientContext context_;
  const absl::Status authenticated_;  // If it is not OK, the call is cancelled before it begins.
  absl::Mutex write_mutex_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamRemindersRequest, v1::StreamRemindersResponse>> stream_;
  bool closed_ ABSL_GUARDED_BY(write_mutex_) = false;
  bool finished_ = false;
};

class GrpcLink final : public ServerLink {
 public:
  explicit GrpcLink(const ServerAccess& access)
      : server_(access, Arguments(), [](absl::string_view what) { spdlog::warn("{}", std::string(what)); }),
        deliveries_(v1::DeliveryService::NewStub(server_.channel())),
        replies_(v1::ReplyService::NewStub(server_.channel())) {}

  std::unique_ptr<ReminderStream> Stream(const v1::StreamConfiguration& configuration) override {
    return std::make_unique<GrpcStream>(server_, *deliveries_, configuration);
  }

  absl::StatusOr<std::vector<v1::DeliveryResult>> Report(const std::vector<v1::DeliveryReport>& reports) override {
    v1::ReportDeliveriesRequest request;
    request.mutable_reports()->Add(reports.begin(), reports.end());
    v1::ReportDeliveriesResponse response;
    const absl::Status status = Call(*deliveries_, &v1::DeliveryService::Stub::ReportDeliveries, request, &response);
    if (!status.ok()) return status;
    return std::vector<v1::DeliveryResult>(response.results().begin(), response.results().end());
  }

  absl::StatusOr<v1::RecordReplyResponse> RecordReply(const v1::RecordReplyRequest& request) override {
    v1::RecordReplyResponse response;
    const absl::Status status = Call(*replies_, &v1::ReplyService::Stub::RecordReply, request, &response);
    if (!status.ok()) return status;
    return response;
  }

 private:
  template <typename Stub, typename Request, typename Response>
  absl::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    if (absl::Status status = server_.Authenticate(&context); !status.ok()) return status;
    context.set_deadline(gpr_time_from_millis(absl::ToInt64Milliseconds(kCallTimeout), GPR_TIMESPAN));
    return ToStatus((stub.*method)(&context, request, response));
  }

  static grpc::ChannelArguments Arguments() {
    grpc::ChannelArguments arguments;
    // How soon to connect again is decided above.
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
    // The time that connecting may take at least, with all its messages back and forth for TLS.
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetMaxReceiveMessageSize(16 << 20);
    return arguments;
  }

  ServerChannel server_;
  const std::unique_ptr<v1::DeliveryService::Stub> deliveries_;
  const std::unique_ptr<v1::ReplyService::Stub> replies_;
};

}  // namespace

std::unique_ptr<ServerLink> Connect(const ServerAccess& access) { return std::make_unique<GrpcLink>(access); }

}  // namespace aftercare::gateway
