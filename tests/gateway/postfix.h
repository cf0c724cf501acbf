#ifndef AFTERCARE_TESTS_GATEWAY_POSTFIX_H_
#define AFTERCARE_TESTS_GATEWAY_POSTFIX_H_

#include <optional>
#include <string>

#include "tests/gateway/receiver.h"
#include "tests/support/process.h"

namespace aftercare::gateway {

// A Postfix mail server on loopback that one test owns. All its files are in one temporary directory. It requires
// STARTTLS, with a self-signed certificate, and a sign-in as `gateway` with the password `secret`. It takes mail for
// ana@clinic.test and bob@clinic.test. The test must run as root, because Postfix must.
class Postfix {
 public:
  // Starts Postfix and waits until it listens. Fails the test if the test does not run as root.
  Postfix();
  ~Postfix();

  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  std::string ca_file() const { return directory_.File("cert.pem"); }

  // Waits until a mail for `user` (`ana` or `bob`) has come, and returns it. Fails the test after five minutes.
  std::string AwaitMail(const std::string& user) const;

 private:
  void Configure() const;

  TempDir directory_;
  int port_ = FreePort();
  std::optional<ChildProcess> process_;
};

// Waits until a program listens on the port of loopback. Fails the test after five minutes.
void AwaitPort(int port);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_TESTS_GATEWAY_POSTFIX_H_
