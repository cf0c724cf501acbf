// deploy/certs as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace aftercare {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class CertsTest : public ::testing::Test {
 protected:
  ProcessResult Certs(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {AFTERCARE_SOURCE_DIR "/deploy/certs", directory.File("made")});
    return RunProgram(arguments);
  }

  std::string Path(const std::string& name) const { return directory.File("made/" + name); }

  // What openssl shows of a certificate.
  std::string Show(const std::string& name) const {
    return RunProgram({"/usr/bin/openssl", "x509", "-noout", "-text", "-in", Path(name)}).out;
  }

  TempDir directory;
};

TEST_F(CertsTest, AServersCertificateIsForItsHostsAndThisMachine) {
  const ProcessResult made = Certs({"server", "clinic.example", "10.0.0.1", "::1"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, AllOf(HasSubstr(Path("ca.pem")), HasSubstr(Path("server.pem"))));
  EXPECT_THAT(Show("server.pem"), AllOf(HasSubstr("prime256v1"), HasSubstr("TLS Web Server Authentication"),
                                        HasSubstr("DNS:localhost, IP Address:127.0.0.1, DNS:clinic.example, "
                                                  "IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1")));
}

TEST_F(CertsTest, AClientsCertificateHasItsNameAndIsOfTheAuthority) {
  const ProcessResult made = Certs({"client", "sms+gateway@riverside"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(Show("sms+gateway@riverside.pem"), AllOf(HasSubstr("CN = \"sms+gateway@riverside\""),
                                                       HasSubstr("TLS Web Client Authentication")));
  const ProcessResult verified = RunProgram({"/usr/bin/openssl", "verify", "-purpose", "sslclient", "-CAfile",
                                             Path("ca.pem"), Path("sms+gateway@riverside.pem")});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
}

TEST_F(CertsTest, TheAuthorityIsMadeOnceAndNeverReplaced) {
  ASSERT_EQ(Certs({"server", "localhost"}).exit_code, 0);
  const std::string authority = ReadFile(Path("ca.pem"));
  ASSERT_EQ(Certs({"client", "gateway"}).exit_code, 0);
  EXPECT_EQ(ReadFile(Path("ca.pem")), authority);
  fs::remove(Path("ca-key.pem"));
  const ProcessResult refused = Certs({"client", "gateway"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("only one of ca.pem and ca-key.pem"));
  EXPECT_EQ(ReadFile(Path("ca.pem")), authority);
}

TEST_F(CertsTest, OnlyTheOwnerMayReadAnythingAndNothingElseIsLeft) {
  ASSERT_EQ(Certs({"server", "localhost"}).exit_code, 0);
  EXPECT_EQ(fs::status(directory.File("made")).permissions(), fs::perms::owner_all);
  int files = 0;
  for (const auto& entry : fs::directory_iterator(directory.File("made"))) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 4);
}

TEST_F(CertsTest, ADirectoryThatIsUsedForSomethingElseIsLeftAlone) {
  fs::create_directory(directory.File("made"));
  fs::permissions(directory.File("made"), fs::perms::owner_all | fs::perms::others_read);
  WriteFile(Path("other"), "precious");
  const ProcessResult refused = Certs({"client", "gateway"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("has other files and no authority"));
  EXPECT_EQ(fs::status(directory.File("made")).permissions(), fs::perms::owner_all | fs::perms::others_read);
  EXPECT_FALSE(fs::exists(Path("ca.pem")));
}

TEST_F(CertsTest, WhatMakesNoSenseIsRefusedAndMakesNothing) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {}, {"server"}, {"client", "a", "b"}, {"client", "a/b"}, {"client", "ca"}, {"client", ".a"},
           {"client", "a-key"}, {"server", "a,DNS:b"}, {"other", "a"}, {"client", std::string(65, 'a')}}) {
    EXPECT_EQ(Certs(arguments).exit_code, 2) << ::testing::PrintToString(arguments);
  }
  EXPECT_FALSE(fs::exists(directory.File("made")));
}

}  // namespace
}  // namespace aftercare
