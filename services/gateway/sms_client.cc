#include "services/gateway/sms_client.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/addresses.h"
#include "services/gateway/receipt_path.h"
#include "services/gateway/sms_text.h"

namespace aftercare::gateway {
namespace {

constexpr int kSmsAlphabet = 0;
constexpr int kUcs2 = 2;

// All but the text: posted this way, neither it nor the password is in a URL, which proxies log.
std::vector<std::string> Headers(const v1::SmsChannel& config, const SmsMessage& message) {
  std::vector<std::string> headers = {
      "Content-Type: text/plain; charset=UTF-8",
      absl::StrCat("X-Kannel-Username: ", config.username()),
      absl::StrCat("X-Kannel-Password: ", config.password()),
      absl::StrCat("X-Kannel-From: ", message.from),
      absl::StrCat("X-Kannel-To: ", message.to),
      absl::StrCat("X-Kannel-Coding: ", FitsSmsAlphabet(message.text) ? kSmsAlphabet : kUcs2),
  };
  if (!message.receipt_url.empty()) {
    headers.push_back(absl::StrCat("X-Kannel-DLR-Mask: ", kReceiptMask));
    headers.push_back(absl::StrCat("X-Kannel-DLR-Url: ", message.receipt_url));
  }
  return headers;
}

}  // namespace

Outcome SmsClient::Send(const SmsMessage& message, absl::Duration timeout) {
  if (!IsPhoneNumber(message.to) && !IsPhoneNumber(absl::StrCat("+", message.to))) return Permanent("BAD_ADDRESS");
  transfer_.Begin(config_.url(), config_.ca_file(), timeout);
  const HttpResponse response = Post(transfer_, Headers(config_, message), message.text);
  if (response.status == 0) return response.failure;
  // Kannel's 403 is about who we are, but for this one, which is about the number.
  if (response.status == 403 && absl::StrContains(response.body, "Not routable")) return Permanent("NOT_ROUTABLE");
  return HttpAnswer(response.status, response.retry_after);
}

}  // namespace aftercare::gateway
