#ifndef AFTERCARE_SERVICES_GATEWAY_MAIL_MESSAGE_H_
#define AFTERCARE_SERVICES_GATEWAY_MAIL_MESSAGE_H_

#include <string>

#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/gateway_config.pb.h"

namespace aftercare::gateway {

// A lease as a mail of RFC 5322, ready for SMTP but for its dots: plain text in UTF-8, quoted-printable, with lines
// that end in CR LF. Its Message-ID is the idempotency key at the domain of the sender, the same for every attempt.
// The address of the lease must be IsMailAddress. Thread safe.
std::string MailMessage(const v1::EmailChannel& config, const v1::Lease& lease, absl::Time now);

// The value of a header in ASCII, whatever the text: encoded words of RFC 2047 where it must be. Line ends and other
// control characters are blanks. Thread safe.
std::string HeaderText(const std::string& text);

// A text as quoted-printable (RFC 2045), with lines of at most 76 characters. Thread safe.
std::string QuotedPrintable(const std::string& text);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_MAIL_MESSAGE_H_
