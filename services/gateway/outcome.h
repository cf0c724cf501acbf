// What becomes of an attempt to send, and how the answers of channels are read. Functions are thread safe.
#ifndef AFTERCARE_SERVICES_GATEWAY_OUTCOME_H_
#define AFTERCARE_SERVICES_GATEWAY_OUTCOME_H_

#include <string>

#include "absl/time/time.h"

namespace aftercare::gateway {

struct Outcome {
  enum class Kind {
    kSent,
    kTemporary,   // may work later, for this patient
    kPermanent,   // will never work for this address or message
    kChannelDown  // would have failed for anybody: nothing was sent, and it is not the patient's fault
  };

  Kind kind = Kind::kSent;
  std::string error_code;                     // of what failed: a code, never words or an address
  absl::Duration rest = absl::ZeroDuration();  // the channel asks to be left alone for so long
};

Outcome Sent();
Outcome Temporary(const std::string& code);
Outcome Permanent(const std::string& code);
Outcome ChannelDown(const std::string& code);

// How far an SMTP conversation came: the last command that was sent.
enum class SmtpStage {
  kConnecting,  // up to and with the server's greeting and HELLO
  kAuthentication,
  kSender,     // MAIL
  kRecipient,  // RCPT
  kData,       // DATA, and what follows it
};

// How the server's reply to a command is read, where it is a refusal. 5xx for the recipient or the message is
// permanent, 4xx temporary; what is said before a recipient was named (and 530, 535, 538 whenever) is about the
// channel, but for 552 to MAIL, which is about the size of the message.
Outcome SmtpRefusal(SmtpStage stage, int reply);

// How an HTTP status is read: 2xx sent; 401 and 403 the channel; 408, 425, 429 and 5xx temporary, and then
// `retry_after` is respected, up to five minutes; anything else permanent.
Outcome HttpAnswer(int status, absl::Duration retry_after);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_OUTCOME_H_
