// Kannel's callbacks by TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "services/gateway/callbacks.h"
#include "tests/gateway/fake_delivery.h"
#include "tests/support/certificates.h"

namespace aftercare::gateway {
namespace {

using ::testing::HasSubstr;

constexpr char kReceipt[] = "/kannel/token-of-16-characters/receipt?lease=one&kind=1";

class CallbacksTlsTest : public ::testing::Test {
 protected:
  v1::SmsChannel Config(const std::string& listen) const {
    v1::SmsChannel config;
    config.set_callback_listen(listen);
    config.set_callback_token("token-of-16-characters");
    config.set_default_clinic("clinics/lakeside");
    config.set_callback_cert_file(certificates.Path("server.pem"));
    config.set_callback_key_file(certificates.Path("server-key.pem"));
    return config;
  }

  // The status of the answer to a receipt, to a client that trusts the authority of `trusted`. 0 if there is none.
  static int Get(int port, const Certificates& trusted) {
    httplib::SSLClient client("localhost", port);
    client.set_ca_cert_path(trusted.Path("ca.pem").c_str());
    client.enable_server_certificate_verification(true);
    client.set_read_timeout(std::chrono::minutes(5));
    const auto answer = client.Get(kReceipt);
    return answer ? answer->status : 0;
  }

  Certificates certificates;
  FakeDelivery server;
  std::unique_ptr<ServerLink> link = Connect({.address = server.address()});
  AutoReplies auto_replies{Config("127.0.0.1:0")};
};

TEST_F(CallbacksTlsTest, AReceiptIsTakenByTlsOnEveryAddressAndNotWithout) {
  const auto callbacks = Callbacks::Start(*link, auto_replies, Config("0.0.0.0:0"), "clinics/-");
  ASSERT_TRUE(callbacks.ok()) << callbacks.status();
  EXPECT_FALSE(httplib::Client("127.0.0.1", (*callbacks)->port()).Get(kReceipt));
  EXPECT_TRUE(server.reports().empty());
  EXPECT_EQ(Get((*callbacks)->port(), certificates), 200);
  EXPECT_FALSE(server.reports().empty());
}

TEST_F(CallbacksTlsTest, ACertificateThatIsReplacedIsShownWithoutARestart) {
  const auto callbacks = Callbacks::Start(*link, auto_replies, Config("127.0.0.1:0"), "clinics/-");
  ASSERT_TRUE(callbacks.ok()) << callbacks.status();
  const Certificates others;
  EXPECT_EQ(Get((*callbacks)->port(), others), 0);
  certificates.Replace("server", others, "server");
  EXPECT_EQ(Get((*callbacks)->port(), others), 200);
}

TEST_F(CallbacksTlsTest, ACertificateThatIsGoneIsSaidAtTheStart) {
  WriteFile(certificates.Path("server.pem"), "");
  const auto callbacks = Callbacks::Start(*link, auto_replies, Config("127.0.0.1:0"), "clinics/-");
  EXPECT_THAT(callbacks.status().ToString(), HasSubstr("server.pem holds no certificate"));
}

}  // namespace
}  // namespace aftercare::gateway
