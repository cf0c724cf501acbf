// Sends messages to a webhook, by a signed POST.
#ifndef AFTERCARE_SERVICES_GATEWAY_WEBHOOK_SENDER_H_
#define AFTERCARE_SERVICES_GATEWAY_WEBHOOK_SENDER_H_

#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/sender.h"

namespace aftercare::gateway {

// Returns a factory of senders for the webhook of `config`, which it copies. Thread safe.
SenderFactory WebhookSenders(const v1::WebhookChannel& config);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_WEBHOOK_SENDER_H_
