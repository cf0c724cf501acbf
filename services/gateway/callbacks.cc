#include "services/gateway/callbacks.h"

#include <openssl/crypto.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/common/http_listener.h"
#include "services/gateway/receipt_path.h"
#include "services/gateway/reply_reader.h"
#include "spdlog/spdlog.h"

namespace aftercare::gateway {
namespace {

// A concatenated SMS has at most 255 parts of 153 characters, with two bytes each in UTF-8.
constexpr size_t kMostBody = 128 << 10;
constexpr char kUcs2[] = "2";

int HttpStatus(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk: return 200;
    case absl::StatusCode::kInvalidArgument: return 400;
    case absl::StatusCode::kNotFound: return 404;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists: return 409;
    default: return 503;
  }
}

// NOT_FOUND is about a clinic of the configuration. The patient's words are kept for when that is mended.
int ReplyStatus(const absl::Status& status) { return absl::IsNotFound(status) ? 503 : HttpStatus(status); }

std::unique_ptr<HttpListener> MakeListener(const v1::SmsChannel& config) {
  if (config.callback_cert_file().empty()) return std::make_unique<HttpListener>();
  return std::make_unique<HttpListener>(config.callback_cert_file(), config.callback_key_file());
}

void Answer(int status, const std::string& what, httplib::Response& response) {
  response.status = status;
  response.set_content(what + "\n", "text/plain");
}

v1::DeliveryReport Receipt(const std::string& lease, int kind) {
  v1::DeliveryReport report;
  report.set_lease_id(lease);
  report.set_outcome(kind == kDelivered ? v1::DELIVERY_OUTCOME_DELIVERED : v1::DELIVERY_OUTCOME_BOUNCED);
  if (kind != kDelivered) report.set_error_code(absl::StrCat("KANNEL_", kind));
  return report;
}

class HttpCallbacks final : public Callbacks {
 public:
  HttpCallbacks(ServerLink& link, AutoReplies& auto_replies, const v1::SmsChannel& config, const std::string& parent)
      : link_(link),
        auto_replies_(auto_replies),
        config_(config),
        reader_(config, parent),
        http_(MakeListener(config)) {
    httplib::Server& server = http_->server();
    server.set_payload_max_length(kMostBody);
    server.Get("/kannel/([^/]+)/receipt",
               [this](const auto& request, auto& response) { OnReceipt(request, response); });
    const auto on_reply = [this](const auto& request, auto& response) { OnReply(request, response); };
    server.Get("/kannel/([^/]+)/reply", on_reply);
    server.Post("/kannel/([^/]+)/reply", on_reply);
  }

  // Answers what is being asked, while the rest of this still exists.
  ~HttpCallbacks() override { http_->Stop(); }

  absl::Status Listen() { return http_->Listen(config_.callback_listen()); }

  int port() const override { return http_->port(); }

 private:
  bool IsAllowed(const httplib::Request& request, httplib::Response& response) const {
    const std::string token = request.matches[1];
    const std::string& ours = config_.callback_token();
    if (token.size() == ours.size() && CRYPTO_memcmp(token.data(), ours.data(), ours.size()) == 0) return true;
    Answer(404, "there is nothing here", response);
    return false;
  }

  void OnReceipt(const httplib::Request& request, httplib::Response& response) {
    if (!IsAllowed(request, response)) return;
    const std::string lease = request.get_param_value("lease");
    int kind = 0;
    if (lease.empty() || !absl::SimpleAtoi(request.get_param_value("kind"), &kind)) {
      return Answer(400, "lease and kind must be set", response);
    }
    if (kind == kBuffered || kind == kAccepted) return Answer(200, "noted", response);
    if (kind != kDelivered && kind != kNotDelivered && kind != kRejected) {
      return Answer(400, "kind must be 1, 2, 4, 8 or 16", response);
    }
    const absl::Status taken = TakeReceipt(Receipt(lease, kind));
    if (!taken.ok()) spdlog::warn("sms: a receipt was not taken: {}", taken.ToString());
    Answer(HttpStatus(taken), taken.ok() ? "taken" : "not taken", response);
  }

  absl::Status TakeReceipt(const v1::DeliveryReport& receipt) {
    absl::Status taken = Report({receipt});
    if (!absl::IsFailedPrecondition(taken)) return taken;
    // It comes before the report that the message was sent, or that was lost with the gateway that sent it. There is no
    // receipt for what was not sent, so it is known from this one.
    v1::DeliveryReport sent;
    sent.set_lease_id(receipt.lease_id());
    sent.set_outcome(v1::DELIVERY_OUTCOME_SENT);
    return Report({sent, receipt});
  }

  // How the last of them was taken.
  absl::Status Report(const std::vector<v1::DeliveryReport>& reports) {
    const auto results = link_.Report(reports);
    if (!results.ok()) return results.status();
    if (results->size() != reports.size()) return absl::InternalError("RESULTS_MISSING");
    const auto code = static_cast<absl::StatusCode>(results->back().status().code());
    return absl::Status(code, "");
  }

  void OnReply(const httplib::Request& request, httplib::Response& response) {
    if (!IsAllowed(request, response)) return;
    const bool is_post = request.method == "POST";
    if (!is_post && !request.has_param("text")) return Answer(400, "text must be set", response);
    const std::string to = request.get_param_value("to");
    const auto reply = reader_.Read({.from = request.get_param_value("from"),
                                     .to = to,
                                     .id = request.get_param_value("id"),
                                     .is_utf16 = request.get_param_value("coding") == kUcs2,
                                     .text = is_post ? request.body : request.get_param_value("text")});
    if (!reply.ok()) {
      const std::string what(reply.status().message());
      spdlog::warn("sms: a reply cannot be recorded: {}", what);
      return Answer(400, what, response);
    }
    const auto recorded = link_.RecordReply(*reply);
    if (!recorded.ok()) {
      spdlog::warn("sms: a reply to {} was not taken: {}", reply->parent(), recorded.status().ToString());
      return Answer(ReplyStatus(recorded.status()), "not taken", response);
    }
    if (!recorded->auto_reply().empty()) {
      auto_replies_.Add({.to = reply->address(),
                         .text = recorded->auto_reply(),
                         .from = reader_.SenderOfAnswer(to),
                         .receipt_url = ""});
    }
    Answer(200, "taken", response);
  }

  ServerLink& link_;
  AutoReplies& auto_replies_;
  const v1::SmsChannel config_;
  const ReplyReader reader_;
  const std::unique_ptr<HttpListener> http_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Callbacks>> Callbacks::Start(ServerLink& link, AutoReplies& auto_replies,
                                                            const v1::SmsChannel& config, const std::string& parent) {
  auto callbacks = std::make_unique<HttpCallbacks>(link, auto_replies, config, parent);
  if (absl::Status status = callbacks->Listen(); !status.ok()) {
    return absl::UnavailableError(absl::StrCat("callbacks: ", status.message()));
  }
  return callbacks;
}

}  // namespace aftercare::gateway
