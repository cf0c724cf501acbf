// The listener by TLS. Without TLS, the tests of the gateway and of the ops endpoint use it.
#include "services/common/http_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/certificates.h"

namespace aftercare {
namespace {

using ::testing::HasSubstr;

class HttpListenerTest : public ::testing::Test {
 protected:
  HttpListenerTest() {
    listener.server().Get("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("hello", "text/plain");
    });
  }

  // What a client that trusts the authority of `trusted` is answered. Empty if there is no answer.
  std::string Get(const Certificates& trusted) const {
    httplib::SSLClient client("localhost", listener.port());
    client.set_ca_cert_path(trusted.Path("ca.pem").c_str());
    client.enable_server_certificate_verification(true);
    const auto answer = client.Get("/");
    return answer ? answer->body : "";
  }

  // Whether a client that speaks this version at most, by any cipher, agrees on a connection.
  bool Agrees(int version) const {
    httplib::SSLClient client("localhost", listener.port());
    client.enable_server_certificate_verification(false);
    SSL_CTX_set_min_proto_version(client.ssl_context(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(client.ssl_context(), version);
    SSL_CTX_set_cipher_list(client.ssl_context(), "ALL:@SECLEVEL=0");
    return static_cast<bool>(client.Get("/"));
  }

  Certificates certificates;
  HttpListener listener{certificates.Path("server.pem"), certificates.Path("server-key.pem")};
};

TEST_F(HttpListenerTest, ItAnswersByTlsAndNotWithout) {
  ASSERT_TRUE(listener.Listen("127.0.0.1:0").ok());
  EXPECT_EQ(Get(certificates), "hello");
  EXPECT_EQ(Get(Certificates()), "") << "who does not trust the authority does not go on";
  EXPECT_FALSE(httplib::Client("localhost", listener.port()).Get("/"));
}

TEST_F(HttpListenerTest, OldVersionsOfTlsAreNotSpoken) {
  ASSERT_TRUE(listener.Listen("127.0.0.1:0").ok());
  EXPECT_FALSE(Agrees(TLS1_1_VERSION));
  EXPECT_TRUE(Agrees(TLS1_2_VERSION));
  EXPECT_TRUE(Agrees(TLS1_3_VERSION));
}

TEST_F(HttpListenerTest, ACertificateThatIsReplacedIsShownFromThenOn) {
  ASSERT_TRUE(listener.Listen("127.0.0.1:0").ok());
  const Certificates others;
  EXPECT_EQ(Get(others), "");
  certificates.Replace("server", others, "server");
  EXPECT_EQ(Get(others), "hello");
}

TEST_F(HttpListenerTest, WhileTheFilesDoNotMatchTheOldCertificateIsShown) {
  ASSERT_TRUE(listener.Listen("127.0.0.1:0").ok());
  const Certificates others;
  const std::string key = certificates.Content("server-key.pem");
  WriteFile(certificates.Path("server-key.pem"), others.Content("server-key.pem"));
  EXPECT_EQ(Get(certificates), "hello");
  WriteFile(certificates.Path("server-key.pem"), "");
  EXPECT_EQ(Get(certificates), "hello");
  WriteFile(certificates.Path("server-key.pem"), others.Content("server-key.pem"));
  WriteFile(certificates.Path("server.pem"), others.Content("server.pem"));
  EXPECT_EQ(Get(others), "hello");
}

TEST_F(HttpListenerTest, ACertificateThatCannotBeUsedIsSaidAtTheStart) {
  WriteFile(certificates.Path("server.pem"), "");
  EXPECT_THAT(listener.Listen("127.0.0.1:0").ToString(), HasSubstr("server.pem holds no certificate"));
}

}  // namespace
}  // namespace aftercare
