// Sends messages by SMTP.
#ifndef AFTERCARE_SERVICES_GATEWAY_EMAIL_SENDER_H_
#define AFTERCARE_SERVICES_GATEWAY_EMAIL_SENDER_H_

#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/sender.h"

namespace aftercare::gateway {

// Returns a factory of senders for the mail server of `config`, which it copies. Thread safe.
SenderFactory EmailSenders(const v1::EmailChannel& config);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_EMAIL_SENDER_H_
