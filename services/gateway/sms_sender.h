// Sends messages by SMS, through the sendsms interface of Kannel.
#ifndef AFTERCARE_SERVICES_GATEWAY_SMS_SENDER_H_
#define AFTERCARE_SERVICES_GATEWAY_SMS_SENDER_H_

#include <string>

#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/sender.h"

namespace aftercare::gateway {

// Senders for the Kannel of the configuration. Kannel is asked to report what becomes of a message to `callback_url`
// followed by the ReceiptPath of the lease, unless `callback_url` is empty. Thread safe.
SenderFactory SmsSenders(const v1::SmsChannel& config, const std::string& callback_url);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SMS_SENDER_H_
