#ifndef AFTERCARE_SERVICES_GATEWAY_SMTP_DIALOGUE_H_
#define AFTERCARE_SERVICES_GATEWAY_SMTP_DIALOGUE_H_

#include "absl/strings/string_view.h"
#include "services/gateway/outcome.h"

namespace aftercare::gateway {

// Follows what an SMTP client and a server say to each other, to know who refused what: libcurl tells only that
// something failed. Keeps no text. Not thread safe.
class SmtpDialogue {
 public:
  // A message is about to be sent, on a connection that may be open.
  void Begin();

  // What the client and the server said: whole lines.
  void Client(absl::string_view line);
  void Server(absl::string_view line);

  // How far it came.
  SmtpStage stage() const { return stage_; }

  // The last reply to that, or 0: 400 and above is a refusal.
  int reply() const { return reply_; }

  // Whether the server knows who we are, on this connection.
  bool signed_in() const { return signed_in_; }

 private:
  SmtpStage stage_ = SmtpStage::kConnecting;
  int reply_ = 0;
  bool leaving_ = false;  // What comes after QUIT says nothing of the message.
  bool signed_in_ = false;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SMTP_DIALOGUE_H_
