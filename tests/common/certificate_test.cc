#include "services/common/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/certificates.h"
#include "tests/support/process.h"

namespace aftercare {
namespace {

using ::testing::HasSubstr;

class CertificateTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return certificates.Path(name); }

  // Writes a file that only its owner may read.
  std::string Write(const std::string& name, const std::string& content) const {
    WriteFile(Path(name), content);
    chmod(Path(name).c_str(), 0600);
    return Path(name);
  }

  static std::string Refusal(const std::string& cert, const std::string& key) {
    const auto certificate = ReadCertificate(cert, key);
    EXPECT_FALSE(certificate.ok());
    return std::string(certificate.status().message());
  }

  Certificates certificates;
};

TEST_F(CertificateTest, ACertificateIsReadWithItsKeyAndThoseAboveIt) {
  const std::string chain = Write("chain.pem", certificates.Content("server.pem") + certificates.Content("ca.pem"));
  const auto certificate = ReadCertificate(chain, Path("server-key.pem"));
  ASSERT_TRUE(certificate.ok()) << certificate.status();
  EXPECT_EQ(certificate->chain.size(), 2u);
  EXPECT_NE(certificate->key, nullptr);
}

TEST_F(CertificateTest, ACertificateThatHasExpiredIsRead) {
  certificates.MakeSpecial("expired", "DNS:localhost", -1);
  EXPECT_TRUE(ReadCertificate(Path("expired.pem"), Path("expired-key.pem")).ok());
}

TEST_F(CertificateTest, WhatCannotBeUsedIsRefusedWithItsReason) {
  certificates.MakeClient("other");
  EXPECT_THAT(Refusal(Path("server.pem"), Path("other-key.pem")), HasSubstr("other-key.pem is not the key of"));
  EXPECT_THAT(Refusal(Path("server-key.pem"), Path("server-key.pem")), HasSubstr("holds no certificate"));
  EXPECT_THAT(Refusal(Path("server.pem"), Path("server.pem")), HasSubstr("holds no private key"));
  EXPECT_THAT(Refusal("/no/such/file", Path("server-key.pem")), HasSubstr("/no/such/file cannot be read: No such"));
  EXPECT_THAT(Refusal(Path("server.pem"), "/tmp"), HasSubstr("/tmp cannot be read: Is a directory"));
  const std::string text = certificates.Content("server.pem");
  EXPECT_THAT(Refusal(Write("cut.pem", text + text.substr(0, text.size() / 2)), Path("server-key.pem")),
              HasSubstr("cut.pem holds a certificate that cannot be read"));
  chmod(Path("server-key.pem").c_str(), 0604);
  EXPECT_THAT(Refusal(Path("server.pem"), Path("server-key.pem")), HasSubstr("by anybody"));
}

TEST_F(CertificateTest, AKeyWithAPassphraseIsRefusedWithoutAsking) {
  ASSERT_EQ(RunProgram({"/usr/bin/openssl", "ec", "-in", Path("server-key.pem"), "-aes256", "-passout", "pass:secret",
                        "-out", Path("locked.pem")}).exit_code, 0);
  EXPECT_THAT(Refusal(Path("server.pem"), Path("locked.pem")), HasSubstr("needs a passphrase"));
}

TEST_F(CertificateTest, EachOfTwoSettingsHasItsOwnFault) {
  const CertificateFaults both = FaultsOfCertificate("/no/such/cert", "/no/such/key");
  EXPECT_THAT(both.cert.ToString(), HasSubstr("/no/such/cert"));
  EXPECT_THAT(both.key.ToString(), HasSubstr("/no/such/key"));
  EXPECT_THAT(FaultsOfCertificate("", Path("server-key.pem")).cert.ToString(), HasSubstr("must be set"));
  EXPECT_TRUE(FaultsOfCertificate("", Path("server-key.pem")).key.ok());
  EXPECT_THAT(FaultsOfCertificate(Path("server.pem"), "").key.ToString(), HasSubstr("must be set"));
  const CertificateFaults none = FaultsOfCertificate("", "");
  EXPECT_TRUE(none.cert.ok() && none.key.ok());
}

}  // namespace
}  // namespace aftercare
