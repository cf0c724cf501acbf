// Sends messages by SMS, through the sendsms interface of Kannel.
#ifndef AFTERCARE_SERVICES_GATEWAY_SMS_SENDER_H_
#define AFTERCARE_SERVICES_GATEWAY_SMS_SENDER_H_

#include <string>

#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/sender.h"

namespace aftercare::gateway {

// Returns a factory of senders for the Kannel of `config`, which it copies. Each message asks Kannel to send its
// receipt to `callback_url` followed by the lease's ReceiptPath. An empty `callback_url` asks for no receipts. Thread
// safe.
SenderFactory SmsSenders(const v1::SmsChannel& config, const std::string& callback_url);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SMS_SENDER_H_
