#ifndef AFTERCARE_SERVICES_GATEWAY_SENDER_H_
#define AFTERCARE_SERVICES_GATEWAY_SENDER_H_

#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/outcome.h"

namespace aftercare::gateway {

// Sends messages over one channel, one at a time, and keeps its connection from one to the next. Not thread safe: each
// thread that sends has its own.
class Sender {
 public:
  virtual ~Sender() = default;

  // Sends the message of a lease, or finds out that it cannot. Blocks, no longer than `timeout`.
  virtual Outcome Send(const v1::Lease& lease, absl::Duration timeout) = 0;
};

// Makes a sender for a thread. Thread safe.
using SenderFactory = std::function<std::unique_ptr<Sender>()>;

// By SMTP, as the configuration says.
SenderFactory EmailSenders(const v1::EmailChannel& config);

// By Kannel's sendsms. Receipts are asked for at `callback_url` and what ReceiptPath makes of the lease; not if it is
// empty.
SenderFactory SmsSenders(const v1::SmsChannel& config, const std::string& callback_url);

// By a signed POST.
SenderFactory WebhookSenders(const v1::WebhookChannel& config);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SENDER_H_
