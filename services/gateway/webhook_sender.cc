#include "services/gateway/webhook_sender.h"

#include "absl/strings/str_cat.h"
#include "aftercare/v1/webhook_message.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/common/host_clock.h"
#include "services/gateway/signature.h"
#include "services/gateway/transfer.h"

namespace aftercare::gateway {
namespace {

// Empty for what JSON cannot have.
std::string Body(const v1::Lease& lease) {
  v1::WebhookMessage message;
  message.set_name(lease.reminder());
  message.set_idempotency_key(lease.idempotency_key());
  message.set_attempt(lease.attempt());
  message.set_recipient(lease.contact_point().address());
  message.set_text(lease.text());
  message.set_locale(lease.locale());
  *message.mutable_due_time() = lease.due_time();
  *message.mutable_expire_time() = lease.expire_time();
  message.set_phase(lease.phase());
  message.set_category(lease.category());
  message.set_audience(lease.audience());
  std::string json;
  return google::protobuf::util::MessageToJsonString(message, &json).ok() ? json : "";
}

class WebhookSender final : public Sender {
 public:
  explicit WebhookSender(const v1::WebhookChannel& config) : config_(config) {}

  Outcome Send(const v1::Lease& lease, absl::Duration timeout) override {
    const std::string body = Body(lease);
    if (body.empty()) return Permanent("BAD_TEXT");
    transfer_.Begin(config_.url(), config_.ca_file(), timeout);
    const HttpResponse response = Post(
        transfer_,
        {"Content-Type: application/json", absl::StrCat("Idempotency-Key: ", lease.idempotency_key()),
         absl::StrCat("Aftercare-Signature: ", Signature(config_.secret(), absl::ToUnixSeconds(HostNow()), body))},
        body);
    return response.status == 0 ? response.failure : HttpAnswer(response.status, response.retry_after);
  }

 private:
  const v1::WebhookChannel config_;
  Transfer transfer_;
};

}  // namespace

SenderFactory WebhookSenders(const v1::WebhookChannel& config) {
  return [config] { return std::make_unique<WebhookSender>(config); };
}

}  // namespace aftercare::gateway
