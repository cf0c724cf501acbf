// The outcome of an attempt to send, and how the answers of channels are read. Functions are pure and thread safe.
#ifndef AFTERCARE_SERVICES_GATEWAY_OUTCOME_H_
#define AFTERCARE_SERVICES_GATEWAY_OUTCOME_H_

#include <string>

#include "absl/time/time.h"

namespace aftercare::gateway {

// What an attempt to send a message led to.
struct Outcome {
  enum class Kind {
    kSent,
    kTemporary,   // failed; another attempt may succeed later
    kPermanent,   // failed; will never work for this address or message
    kChannelDown  // the channel itself failed, as it would for any message; nothing was sent
  };

  Kind kind = Kind::kSent;
  std::string error_code;                     // set if it failed: a code, never a text or an address
  absl::Duration rest = absl::ZeroDuration();  // how long the channel asks not to be used
  bool maybe_sent = false;                     // if it failed: whether the message may have been sent all the same
};

// Return an outcome of that kind. `code` is its error_code.
Outcome Sent();
Outcome Temporary(const std::string& code);
Outcome Permanent(const std::string& code);
Outcome ChannelDown(const std::string& code);

// Returns a temporary failure after which it is not known whether the message was sent.
Outcome Unknown(const std::string& code);

// How far an SMTP conversation has come: the last command that was sent.
enum class SmtpStage {
  kConnecting,  // up to and with the server's greeting and HELLO
  kAuthentication,
  kSender,     // MAIL
  kRecipient,  // RCPT
  kData,       // DATA, and what follows it
};

// Returns the outcome of an SMTP conversation that ended with `reply` (400 or above) in `stage`. Before the recipient
// is named, and for 530, 535 and 538 in any stage, the refusal is about the channel. From then on, 5xx is permanent and
// 4xx is temporary. 552 to MAIL is an exception: the message is too large, which is permanent.
Outcome SmtpRefusal(SmtpStage stage, int reply);

// Returns the outcome of an HTTP status. 2xx means sent. 401 and 403 are about the channel. 408, 425, 429 and 5xx are
// temporary; the outcome's `rest` is then `retry_after`, at most 5 minutes. After 5xx other than 503, the message may
// have been sent, since the server or a proxy may have failed after it was taken. Anything else is permanent.
Outcome HttpAnswer(int status, absl::Duration retry_after);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_OUTCOME_H_
