// The program between a server that speaks TLS and a receiver.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "tests/gateway/fake_delivery.h"
#include "tests/gateway/receiver.h"
#include "tests/support/certificates.h"
#include "tests/support/process.h"

namespace aftercare::gateway {
namespace {

using ::testing::HasSubstr;

// Credentials of a server that takes no client without a certificate.
std::shared_ptr<grpc::ServerCredentials> CredentialsOf(const Certificates& certificates) {
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = certificates.Content("ca.pem");
  options.pem_key_cert_pairs.push_back({certificates.Content("server-key.pem"), certificates.Content("server.pem")});
  return grpc::SslServerCredentials(options);
}

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    certificates.MakeClient("gateway");
    WriteToken("secret-1");
  }

  void WriteToken(const std::string& secret) {
    WriteFile(certificates.Path("token"), secret);
    chmod(certificates.Path("token").c_str(), 0600);
  }

  // Starts the program with `more` in its configuration.
  ChildProcess Begin(const std::string& more) {
    return ChildProcess({AFTERCARE_GATEWAY, "--config",
                         directory.Write("gateway.textproto",
                                         absl::StrCat("server: '", server.address(), "' webhook { url: '",
                                                      receiver.url(), "' secret: '0123456789abcdef' } ", more))});
  }

  std::string Authority() const { return absl::StrCat("server_ca_file: '", certificates.Path("ca.pem"), "' "); }

  // The settings that say who calls.
  std::string Identity() const {
    return absl::StrCat("server_cert_file: '", certificates.Path("gateway.pem"), "' server_key_file: '",
                        certificates.Path("gateway-key.pem"), "' server_token_file: '", certificates.Path("token"),
                        "' ");
  }

  TempDir directory;
  Certificates certificates;
  FakeDelivery server{CredentialsOf(certificates)};
  Receiver receiver;
};

TEST_F(TlsTest, AMessageOfAServerByTlsIsSentAndReportedUnderTheToken) {
  ChildProcess program = Begin(Authority() + Identity());
  server.Offer(MakeLease("one", v1::CHANNEL_WEBHOOK, "patient-7"));
  EXPECT_EQ(server.AwaitReport("one").outcome(), v1::DELIVERY_OUTCOME_SENT);
  EXPECT_TRUE(server.AwaitAuthorization("Bearer secret-1"));
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait().exit_code, 0);
}

TEST_F(TlsTest, ATokenThatIsReplacedIsSentWithTheNextStream) {
  ChildProcess program = Begin(Authority() + Identity());
  EXPECT_TRUE(server.AwaitAuthorization("Bearer secret-1"));
  WriteToken("");
  server.BreakStreams();
  EXPECT_TRUE(program.AwaitOut("the old token is used on"));
  server.AwaitStreams(2);
  WriteToken("secret-2");
  server.BreakStreams();
  EXPECT_TRUE(server.AwaitAuthorization("Bearer secret-2"));
}

TEST_F(TlsTest, AServerThatTakesNoOneWithoutACertificateIsTriedAgainAndTheLogSaysSo) {
  ChildProcess program = Begin(Authority());
  EXPECT_TRUE(program.AwaitOut("the stream of reminders broke, trying again"));
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait().exit_code, 0);
}

TEST_F(TlsTest, SettingsThatCannotBeUsedAreAllNamed) {
  ChildProcess program = Begin("server_cert_file: '/no/cert' server_token_file: '/no/token'");
  const ProcessResult refused = program.Wait();
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, ::testing::AllOf(HasSubstr("server_ca_file:"), HasSubstr("server_cert_file: /no/cert"),
                                            HasSubstr("server_key_file:"), HasSubstr("server_token_file: /no/token")));
}

}  // namespace
}  // namespace aftercare::gateway
