#include "services/gateway/sms_sender.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/addresses.h"
#include "services/gateway/receipt_path.h"
#include "services/gateway/sms_text.h"
#include "services/gateway/transfer.h"

namespace aftercare::gateway {
namespace {

class SmsSender final : public Sender {
 public:
  SmsSender(const v1::SmsChannel& config, const std::string& callback_url)
      : config_(config), callback_url_(callback_url) {}

  Outcome Send(const v1::Lease& lease, absl::Duration timeout) override {
    if (!IsPhoneNumber(lease.contact_point().address())) return Permanent("BAD_ADDRESS");
    transfer_.Begin(config_.url(), config_.ca_file(), timeout);
    const HttpResponse response = Post(transfer_, Headers(lease), lease.text());
    if (response.status == 0) return response.failure;
    // Kannel's 403 is about who we are, but for this one, which is about the number.
    if (response.status == 403 && absl::StrContains(response.body, "Not routable")) return Permanent("NOT_ROUTABLE");
    return HttpAnswer(response.status, response.retry_after);
  }

 private:
  // All but the text: posted this way, neither it nor the password is in a URL, which proxies log.
  std::vector<std::string> Headers(const v1::Lease& lease) const {
    std::vector<std::string> headers = {
        "Content-Type: text/plain; charset=UTF-8",
        absl::StrCat("X-Kannel-Username: ", config_.username()),
        absl::StrCat("X-Kannel-Password: ", config_.password()),
        absl::StrCat("X-Kannel-From: ", config_.from()),
        absl::StrCat("X-Kannel-To: ", lease.contact_point().address()),
        absl::StrCat("X-Kannel-Coding: ", FitsSmsAlphabet(lease.text()) ? kSmsAlphabet : kUcs2),
    };
    if (!callback_url_.empty()) {
      headers.push_back(absl::StrCat("X-Kannel-DLR-Mask: ", kReceiptMask));
      headers.push_back(
          absl::StrCat("X-Kannel-DLR-Url: ", callback_url_, ReceiptPath(config_.callback_token(), lease)));
    }
    return headers;
  }

  static constexpr int kSmsAlphabet = 0;
  static constexpr int kUcs2 = 2;

  const v1::SmsChannel config_;
  const std::string callback_url_;
  Transfer transfer_;
};

}  // namespace

SenderFactory SmsSenders(const v1::SmsChannel& config, const std::string& callback_url) {
  return [config, callback_url] { return std::make_unique<SmsSender>(config, callback_url); };
}

}  // namespace aftercare::gateway
