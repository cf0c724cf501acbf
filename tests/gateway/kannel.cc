#include "tests/gateway/kannel.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "tests/gateway/postfix.h"

namespace aftercare::gateway {
namespace {

constexpr char kConfig[] = R"(
group = core
admin-port = ADMIN
admin-password = secret
admin-interface = 127.0.0.1
smsbox-port = BOX
smsbox-interface = 127.0.0.1
log-file = DIR/bearerbox.log
box-allow-ip = 127.0.0.1
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = CENTRE
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = SEND
sendsms-interface = 127.0.0.1
log-file = DIR/smsbox.log
http-request-retry = 50
http-queue-delay = 1

group = sendsms-user
username = aftercare
password = secret
max-messages = 11
concatenation = true

group = sms-service
keyword = default
catch-all = yes
max-messages = 0
METHOD-url = "http://127.0.0.1:CALLBACK/kannel/TOKEN/reply?from=%p&to=%P&id=%I&coding=%cTEXT"
)";

std::unique_ptr<ChildProcess> Start(std::vector<std::string> command) {
  // Does not outlive the test, however that ends.
  command.insert(command.begin(), {"/usr/bin/setpriv", "--pdeathsig", "KILL"});
  return std::make_unique<ChildProcess>(command);
}

}  // namespace

Kannel::Kannel(int callback_port, const std::string& callback_token, const std::string& incoming,
               const std::string& method) {
  const int box = FreePort();
  const int centre = FreePort();
  const std::string config = directory_.Write(
      "kannel.conf", absl::StrReplaceAll(kConfig, {{"DIR", directory_.path()},
                                                   {"ADMIN", std::to_string(FreePort())},
                                                   {"BOX", std::to_string(box)},
                                                   {"CENTRE", std::to_string(centre)},
                                                   {"SEND", std::to_string(send_port_)},
                                                   {"CALLBACK", std::to_string(callback_port)},
                                                   {"METHOD", method},
                                                   {"TEXT", method == "get" ? "&text=%b" : ""},
                                                   {"TOKEN", callback_token}}));
  bearerbox_ = Start({"/usr/sbin/bearerbox", "-v", "4", config});
  AwaitPort(box);
  smsbox_ = Start({"/usr/sbin/smsbox", "-v", "4", config});
  AwaitPort(send_port_);
  const std::string message = incoming.empty() ? "+15550199 +15550100 text none" : incoming;
  centre_ = Start({"/usr/lib/kannel/test/fakesmsc", "-H", "127.0.0.1", "-r", std::to_string(centre), "-m",
                   incoming.empty() ? "0" : "1", message});
}

Kannel::~Kannel() {
  // The box for messages first: it needs the other two.
  smsbox_.reset();
  bearerbox_.reset();
}

}  // namespace aftercare::gateway
