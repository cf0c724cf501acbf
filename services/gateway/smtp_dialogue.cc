#include "services/gateway/smtp_dialogue.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace aftercare::gateway {

void SmtpDialogue::Begin() {
  stage_ = SmtpStage::kConnecting;
  reply_ = 0;
  leaving_ = false;
}

void SmtpDialogue::Client(absl::string_view line) {
  if (absl::StartsWithIgnoreCase(line, "QUIT")) leaving_ = true;
  if (leaving_) return;
  // A greeting begins a connection, and so does the one after STARTTLS.
  if (absl::StartsWithIgnoreCase(line, "EHLO") || absl::StartsWithIgnoreCase(line, "HELO")) {
    stage_ = SmtpStage::kConnecting;
    signed_in_ = false;
  } else if (absl::StartsWithIgnoreCase(line, "AUTH ")) {
    stage_ = SmtpStage::kAuthentication;
  } else if (absl::StartsWithIgnoreCase(line, "MAIL FROM:")) {
    stage_ = SmtpStage::kSender;
  } else if (absl::StartsWithIgnoreCase(line, "RCPT TO:")) {
    stage_ = SmtpStage::kRecipient;
  } else if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(line), "DATA")) {
    stage_ = SmtpStage::kData;
  }
  reply_ = 0;
}

void SmtpDialogue::Server(absl::string_view line) {
  if (leaving_ || line.size() < 3 || (line.size() > 3 && line[3] == '-')) return;  // more lines of this reply follow
  int reply = 0;
  if (!absl::SimpleAtoi(line.substr(0, 3), &reply)) return;
  reply_ = reply;
  if (stage_ == SmtpStage::kAuthentication && reply == 235) signed_in_ = true;
}

}  // namespace aftercare::gateway
