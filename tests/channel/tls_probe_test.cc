#include "services/channel/tls_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/channel/tls_server.h"

namespace aftercare {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TlsProbeTest : public ::testing::Test {
 protected:
  TlsProbeTest() { certificates.MakeClient("gateway"); }

  // What is said of a server, with the settings `access` besides its address.
  std::string Explain(ServerAccess access) const {
    access.address = server.address();
    return ExplainTlsFailure(access, {"--server", "--ca-file", "--cert-file", "--key-file", "--token-file"});
  }

  std::string Explain(const std::string& ca_file, const std::string& name) const {
    return Explain({"", ca_file, certificates.Path(name + ".pem"), certificates.Path(name + "-key.pem"), ""});
  }

  std::string Ca() const { return certificates.Path("ca.pem"); }

  Certificates certificates;
  TlsServer server;
};

TEST_F(TlsProbeTest, WhereTlsIsInOrderThereIsNothingToSay) {
  server.Start(Serving::kTlsWithClientCertificates, certificates);
  EXPECT_EQ(Explain(Ca(), "gateway"), "");
  server.Stop();
  EXPECT_EQ(Explain(Ca(), "gateway"), "") << "nobody is there";
  server.Start(Serving::kPlain, certificates);
  EXPECT_EQ(Explain({}), "");
  EXPECT_EQ(ExplainTlsFailure({.address = "unix:/no/such/socket"}, {}), "");
}

TEST_F(TlsProbeTest, ACertificateThatIsNotAcceptedIsSaidWithTheReason) {
  const Certificates others;
  server.Start(Serving::kTls, certificates);
  EXPECT_THAT(Explain({.ca_file = others.Path("ca.pem")}),
              HasSubstr("the server's certificate is not of an authority of --ca-file, " + others.Path("ca.pem")));
  server.Stop();
  certificates.MakeSpecial("expired", "IP:127.0.0.1", -1);
  server.Start(Serving::kTls, certificates, "expired");
  EXPECT_THAT(Explain({.ca_file = Ca()}), HasSubstr("valid now: certificate has expired"));
  server.Stop();
  certificates.MakeSpecial("elsewhere", "DNS:clinic.example", 1);
  server.Start(Serving::kTls, certificates, "elsewhere");
  EXPECT_EQ(Explain({.ca_file = Ca()}), "the server's certificate is not for 127.0.0.1, the host of --server");
}

TEST_F(TlsProbeTest, ItIsSaidIfOnlyOneSideSpeaksTls) {
  server.Start(Serving::kTls, certificates);
  EXPECT_EQ(Explain({}), "the server speaks TLS: set --ca-file");
  server.Stop();
  server.Start(Serving::kPlain, certificates);
  EXPECT_EQ(Explain({.ca_file = Ca()}), "the server does not speak TLS: do not set --ca-file");
}

TEST_F(TlsProbeTest, ACertificateThatTheServerRefusesIsSaid) {
  server.Start(Serving::kTlsWithClientCertificates, certificates);
  EXPECT_THAT(Explain({.ca_file = Ca()}), AllOf(HasSubstr("it may want a certificate"), HasSubstr("--cert-file")));
  Certificates others;
  others.MakeClient("stranger");
  certificates.Replace("stranger", others, "stranger");
  EXPECT_THAT(Explain(Ca(), "stranger"), AllOf(HasSubstr("the server refused the certificate of --cert-file"),
                                               HasSubstr(certificates.Path("stranger.pem"))));
  certificates.MakeSpecial("old", "DNS:old", -1);
  EXPECT_THAT(Explain(Ca(), "old"), AllOf(HasSubstr(certificates.Path("old.pem")), HasSubstr("has expired")));
}

}  // namespace
}  // namespace aftercare
