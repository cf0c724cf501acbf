#include "services/gateway/callbacks.h"

#include <openssl/crypto.h>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/common/http_listener.h"
#include "services/gateway/receipt_path.h"
#include "services/gateway/sms_text.h"
#include "spdlog/spdlog.h"

namespace aftercare::gateway {
namespace {

constexpr size_t kMostBody = 64 << 10;
constexpr char kUcs2[] = "2";
constexpr char kIdCharacters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

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

void Answer(int status, const std::string& what, httplib::Response& response) {
  response.status = status;
  response.set_content(what + "\n", "text/plain");
}

// What cannot be told in a reply, blanks instead.
std::string WithoutControls(std::string text) {
  for (char& c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\t' && c != '\n' && c != '\r') c = ' ';
  }
  return text;
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
  HttpCallbacks(ServerLink& link, const v1::SmsChannel& config, const std::string& parent)
      : link_(link), config_(config), parent_(parent) {
    httplib::Server& server = http_.server();
    server.set_payload_max_length(kMostBody);
    server.Get("/kannel/([^/]+)/receipt",
               [this](const auto& request, auto& response) { OnReceipt(request, response); });
    server.Get("/kannel/([^/]+)/reply", [this](const auto& request, auto& response) { OnReply(request, response); });
  }

  // Answers what is being asked, while the rest of this still exists.
  ~HttpCallbacks() override { http_.Stop(); }

  absl::Status Listen() { return http_.Listen(config_.callback_listen()); }

  int port() const override { return http_.port(); }

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
    v1::RecordReplyRequest reply;
    reply.set_parent(ClinicOf(request.get_param_value("to")));
    reply.set_channel(v1::CHANNEL_SMS);
    reply.set_address(request.get_param_value("from"));
    const std::string text = request.get_param_value("text");
    reply.set_text(WithoutControls(request.get_param_value("coding") == kUcs2 ? FromUtf16(text) : text));
    const std::string id = request.get_param_value("id");
    if (id.size() <= 64 && id.find_first_not_of(kIdCharacters) == std::string::npos) reply.set_request_id(id);
    if (reply.address().empty() || text.empty()) return Answer(400, "from and text must be set", response);
    if (reply.parent().empty()) {
      spdlog::warn("sms: a reply came to a number that no clinic has");
      return Answer(404, "no clinic has this number", response);
    }
    const absl::Status taken = link_.RecordReply(reply);
    if (!taken.ok()) spdlog::warn("sms: a reply to {} was not taken: {}", reply.parent(), taken.ToString());
    Answer(HttpStatus(taken), taken.ok() ? "taken" : "not taken", response);
  }

  // To which clinic a number belongs; empty if that is not known.
  std::string ClinicOf(const std::string& number) const {
    for (const v1::InboundNumber& known : config_.numbers()) {
      if (known.number() == number) return known.clinic();
    }
    return parent_ == "clinics/-" ? "" : parent_;
  }

  ServerLink& link_;
  const v1::SmsChannel config_;
  const std::string parent_;
  HttpListener http_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Callbacks>> Callbacks::Start(ServerLink& link, const v1::SmsChannel& config,
                                                            const std::string& parent) {
  auto callbacks = std::make_unique<HttpCallbacks>(link, config, parent);
  if (absl::Status status = callbacks->Listen(); !status.ok()) {
    return absl::UnavailableError(absl::StrCat("callbacks: ", status.message()));
  }
  return callbacks;
}

}  // namespace aftercare::gateway
