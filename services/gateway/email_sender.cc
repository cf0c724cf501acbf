#include "services/gateway/email_sender.h"

#include <algorithm>
#include <cstring>

#include "services/common/host_clock.h"
#include "services/gateway/addresses.h"
#include "services/gateway/mail_message.h"
#include "services/gateway/smtp_dialogue.h"
#include "services/gateway/transfer.h"
#include "services/gateway/url.h"

namespace aftercare::gateway {
namespace {

int Listen(CURL*, curl_infotype type, char* data, size_t size, void* into) {
  auto* dialogue = static_cast<SmtpDialogue*>(into);
  if (type == CURLINFO_HEADER_OUT) dialogue->Client({data, size});
  if (type == CURLINFO_HEADER_IN) dialogue->Server({data, size});
  return 0;
}

size_t ReadMessage(char* into, size_t size, size_t count, void* from) {
  auto* rest = static_cast<absl::string_view*>(from);
  const size_t length = std::min(size * count, rest->size());
  std::memcpy(into, rest->data(), length);
  rest->remove_prefix(length);
  return length;
}

class EmailSender final : public Sender {
 public:
  explicit EmailSender(const v1::EmailChannel& config) : config_(config) {
    const auto url = ParseUrl(config.url());
    needs_tls_ = !url || !url->loopback || !config.username().empty();
  }

  Outcome Send(const v1::Lease& lease, absl::Duration timeout) override {
    const std::string& recipient = lease.contact_point().address();
    if (!IsMailAddress(recipient)) return Permanent("BAD_ADDRESS");
    const std::string message = MailMessage(config_, lease, HostNow());
    absl::string_view rest = message;
    transfer_.Begin(config_.url(), config_.ca_file(), timeout);
    CURL* handle = transfer_.handle();
    curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, std::max<long>(1, absl::ToInt64Seconds(timeout)));
    if (needs_tls_) curl_easy_setopt(handle, CURLOPT_USE_SSL, CURLUSESSL_ALL);
    if (!config_.username().empty()) {
      curl_easy_setopt(handle, CURLOPT_USERNAME, config_.username().c_str());
      curl_easy_setopt(handle, CURLOPT_PASSWORD, config_.password().c_str());
    }
    curl_slist* recipients = curl_slist_append(nullptr, recipient.c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, config_.from_address().c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, ReadMessage);
    curl_easy_setopt(handle, CURLOPT_READDATA, &rest);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, Listen);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &dialogue_);
    dialogue_.Begin();
    const CURLcode code = curl_easy_perform(handle);
    curl_slist_free_all(recipients);
    return Read(code);
  }

 private:
  Outcome Read(CURLcode code) const {
    if (code == CURLE_OK) return Sent();
    if (dialogue_.reply() >= 400) {
      // A server that was not told who we are refuses everybody.
      const bool stranger = !config_.username().empty() && !dialogue_.signed_in();
      if (stranger && dialogue_.stage() >= SmtpStage::kSender) return ChannelDown("AUTHENTICATION_NOT_OFFERED");
      return SmtpRefusal(dialogue_.stage(), dialogue_.reply());
    }
    return TransferFailure(code, dialogue_.stage() >= SmtpStage::kRecipient);
  }

  const v1::EmailChannel config_;
  bool needs_tls_ = true;
  Transfer transfer_;
  SmtpDialogue dialogue_;
};

}  // namespace

SenderFactory EmailSenders(const v1::EmailChannel& config) {
  return [config] { return std::make_unique<EmailSender>(config); };
}

}  // namespace aftercare::gateway
