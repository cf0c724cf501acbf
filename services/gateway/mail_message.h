#ifndef AFTERCARE_SERVICES_GATEWAY_MAIL_MESSAGE_H_
#define AFTERCARE_SERVICES_GATEWAY_MAIL_MESSAGE_H_

#include <string>

#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/gateway_config.pb.h"

namespace aftercare::gateway {

// Returns the message of a lease as a mail (RFC 5322) in plain text: UTF-8, quoted-printable, lines that end in CR LF.
// `now` is the date of the mail. SMTP's doubling of dots is not done yet. The Message-ID is the idempotency key at the
// sender's domain, so it is the same in every attempt. The address of the lease must satisfy IsMailAddress. Thread
// safe.
std::string MailMessage(const v1::EmailChannel& config, const v1::Lease& lease, absl::Time now);

// Returns a text as the value of a header, in ASCII. It is written as encoded words (RFC 2047) if it is not ASCII, is
// longer than 76 bytes, or looks like an encoded word. Line ends and other control characters become blanks. Thread
// safe.
std::string HeaderText(const std::string& text);

// Returns a text as quoted-printable (RFC 2045), with lines of at most 76 characters. Thread safe.
std::string QuotedPrintable(const std::string& text);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_MAIL_MESSAGE_H_
