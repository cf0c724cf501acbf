#ifndef AFTERCARE_TESTS_GATEWAY_KANNEL_H_
#define AFTERCARE_TESTS_GATEWAY_KANNEL_H_

#include <memory>
#include <string>

#include "tests/gateway/receiver.h"
#include "tests/support/process.h"

namespace aftercare::gateway {

// A Kannel SMS gateway on loopback that one test owns, with Kannel's fake SMS centre. It accepts the user `aftercare`
// with the password `secret`. It calls `callback_port` back with replies, and puts `callback_token` in the URL.
class Kannel {
 public:
  // Starts Kannel and waits until it listens. If `incoming` is not empty, the SMS centre delivers it at once as a
  // message from a patient. Its form is `+15550199 +15550100 text WORDS`: sender, receiver, type and words.
  // `method` is `post` or `get`: how Kannel calls back with replies.
  Kannel(int callback_port, const std::string& callback_token, const std::string& incoming = "",
         const std::string& method = "post");
  ~Kannel();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(send_port_) + "/cgi-bin/sendsms"; }

  // Waits until the SMS centre has received a message that contains `text`. Returns false after five minutes.
  bool AwaitMessage(const std::string& text) { return centre_->AwaitErr(text); }

 private:
  TempDir directory_;
  int send_port_ = FreePort();
  std::unique_ptr<ChildProcess> bearerbox_;
  std::unique_ptr<ChildProcess> smsbox_;
  std::unique_ptr<ChildProcess> centre_;
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_TESTS_GATEWAY_KANNEL_H_
