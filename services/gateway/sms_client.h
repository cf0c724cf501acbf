#ifndef AFTERCARE_SERVICES_GATEWAY_SMS_CLIENT_H_
#define AFTERCARE_SERVICES_GATEWAY_SMS_CLIENT_H_

#include <string>

#include "absl/time/time.h"
#include "aftercare/v1/gateway_config.pb.h"
#include "services/gateway/outcome.h"
#include "services/gateway/transfer.h"

namespace aftercare::gateway {

// A text that is sent by SMS.
struct SmsMessage {
  std::string to;           // telephone number, with or without `+`
  std::string text;         // valid UTF-8
  std::string from;         // the sender, as SmsChannel.from describes it
  std::string receipt_url;  // where Kannel reports what became of the message; empty if no receipt is wanted
};

// Sends messages through Kannel's sendsms interface, one at a time. Keeps its connection between messages. Not thread
// safe.
class SmsClient {
 public:
  // Uses url, username, password and ca_file of `config`, which it copies.
  explicit SmsClient(const v1::SmsChannel& config) : config_(config) {}

  // Sends the message. Blocks, but no longer than `timeout`. Returns what became of the attempt; a permanent failure
  // BAD_ADDRESS, without an attempt, if `to` is no telephone number.
  Outcome Send(const SmsMessage& message, absl::Duration timeout);

 private:
  const v1::SmsChannel config_;
  Transfer transfer_;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SMS_CLIENT_H_
