#include "services/gateway/outcome.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace aftercare::gateway {
namespace {

constexpr absl::Duration kMostRest = absl::Minutes(5);

}  // namespace

Outcome Sent() { return {Outcome::Kind::kSent, ""}; }
Outcome Temporary(const std::string& code) { return {Outcome::Kind::kTemporary, code}; }
Outcome Permanent(const std::string& code) { return {Outcome::Kind::kPermanent, code}; }
Outcome ChannelDown(const std::string& code) { return {Outcome::Kind::kChannelDown, code}; }

Outcome Unknown(const std::string& code) {
  Outcome outcome = Temporary(code);
  outcome.maybe_sent = true;
  return outcome;
}

Outcome SmtpRefusal(SmtpStage stage, int reply) {
  const std::string code = absl::StrCat("SMTP_", reply);
  if (reply == 530 || reply == 535 || reply == 538) return ChannelDown(code);
  if (stage == SmtpStage::kSender && reply == 552) return Permanent(code);  // the message is too large
  if (stage < SmtpStage::kRecipient) return ChannelDown(code);
  return reply >= 500 ? Permanent(code) : Temporary(code);
}

Outcome HttpAnswer(int status, absl::Duration retry_after) {
  const std::string code = absl::StrCat("HTTP_", status);
  if (status >= 200 && status < 300) return Sent();
  if (status == 401 || status == 403) return ChannelDown(code);
  if (status == 408 || status == 425 || status == 429 || status >= 500) {
    Outcome outcome = status >= 500 && status != 503 ? Unknown(code) : Temporary(code);
    outcome.rest = std::clamp(retry_after, absl::ZeroDuration(), kMostRest);
    return outcome;
  }
  return Permanent(code);
}

}  // namespace aftercare::gateway
