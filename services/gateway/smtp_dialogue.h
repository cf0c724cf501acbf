#ifndef AFTERCARE_SERVICES_GATEWAY_SMTP_DIALOGUE_H_
#define AFTERCARE_SERVICES_GATEWAY_SMTP_DIALOGUE_H_

#include "absl/strings/string_view.h"
#include "services/gateway/outcome.h"

namespace aftercare::gateway {

// Follows the commands and replies of an SMTP connection, to know which command was refused: libcurl tells only that
// something failed. Keeps no text. Not thread safe.
class SmtpDialogue {
 public:
  // Begins a message. The connection may be one that is already open.
  void Begin();

  // Take a line that the client or the server has sent: a whole line of a command or a reply.
  void Client(absl::string_view line);
  void Server(absl::string_view line);

  // The last command that the client has sent for this message.
  SmtpStage stage() const { return stage_; }

  // The last reply to that command, or 0 if there is none yet. 400 and above is a refusal.
  int reply() const { return reply_; }

  // True if the client has signed in on this connection.
  bool signed_in() const { return signed_in_; }

 private:
  SmtpStage stage_ = SmtpStage::kConnecting;
  int reply_ = 0;
  bool leaving_ = false;  // After QUIT: the lines are not about the message any more.
  bool signed_in_ = false;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_SMTP_DIALOGUE_H_
