#ifndef AFTERCARE_TESTS_GATEWAY_KANNEL_H_
#define AFTERCARE_TESTS_GATEWAY_KANNEL_H_

#include <memory>
#include <string>

#include "tests/gateway/receiver.h"
#include "tests/support/process.h"

namespace aftercare::gateway {

// A Kannel of the test's own on loopback, with its fake SMS centre. It knows the user `aftercare` with the password
// `secret`, and calls back replies on `callback_port` with `callback_token`.
class Kannel {
 public:
  // Starts it; a patient writes `incoming` (sender, receiver, `text`, words) at once, if it is not empty.
  Kannel(int callback_port, const std::string& callback_token, const std::string& incoming = "");
  ~Kannel();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(send_port_) + "/cgi-bin/sendsms"; }

  // Waits until the SMS centre has had a message with this in it, a minute at most.
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
