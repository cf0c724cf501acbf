#include "services/gateway/sms_sender.h"

#include "absl/strings/str_cat.h"
#include "services/gateway/addresses.h"
#include "services/gateway/receipt_path.h"
#include "services/gateway/sms_client.h"

namespace aftercare::gateway {
namespace {

class SmsSender final : public Sender {
 public:
  SmsSender(const v1::SmsChannel& config, const std::string& callback_url)
      : config_(config), callback_url_(callback_url), client_(config) {}

  Outcome Send(const v1::Lease& lease, absl::Duration timeout) override {
    if (!IsPhoneNumber(lease.contact_point().address())) return Permanent("BAD_ADDRESS");
    return client_.Send({.to = lease.contact_point().address(),
                         .text = lease.text(),
                         .from = config_.from(),
                         .receipt_url = ReceiptUrl(lease)},
                        timeout);
  }

 private:
  std::string ReceiptUrl(const v1::Lease& lease) const {
    if (callback_url_.empty()) return "";
    return absl::StrCat(callback_url_, ReceiptPath(config_.callback_token(), lease));
  }

  const v1::SmsChannel config_;
  const std::string callback_url_;
  SmsClient client_;
};

}  // namespace

SenderFactory SmsSenders(const v1::SmsChannel& config, const std::string& callback_url) {
  return [config, callback_url] { return std::make_unique<SmsSender>(config, callback_url); };
}

}  // namespace aftercare::gateway
