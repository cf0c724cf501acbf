#ifndef AFTERCARE_TESTS_GATEWAY_POSTFIX_H_
#define AFTERCARE_TESTS_GATEWAY_POSTFIX_H_

#include <optional>
#include <string>

#include "tests/gateway/receiver.h"
#include "tests/support/process.h"

namespace aftercare::gateway {

// A Postfix of the test's own on loopback, with all it has in one directory: it wants STARTTLS, with a certificate it
// signed itself, and a sign-in as `gateway` with the password `secret`; it takes mail for ana@ and bob@clinic.test.
// Needs to be root, as Postfix does.
class Postfix {
 public:
  // Starts it, and waits until it answers.
  Postfix();
  ~Postfix();

  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  std::string ca_file() const { return directory_.File("cert.pem"); }

  // The mail that came for `user`, waiting for it a minute at most.
  std::string AwaitMail(const std::string& user) const;

 private:
  void Configure() const;

  TempDir directory_;
  int port_ = FreePort();
  std::optional<ChildProcess> process_;
};

// Waits until somebody listens on a port of loopback; a failure after a minute.
void AwaitPort(int port);

}  // namespace aftercare::gateway

#endif  // AFTERCARE_TESTS_GATEWAY_POSTFIX_H_
