#include "services/channel/server_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "tests/support/certificates.h"

namespace aftercare {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ServerAccessTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    certificates = new Certificates;
    certificates->MakeClient("gateway");
    certificates->MakeClient("other");
  }
  static void TearDownTestSuite() { delete certificates; }

  // The faults, each as `setting: what`.
  static std::vector<std::string> Faults(const ServerAccess& access) {
    std::vector<std::string> faults;
    for (const AccessFault& fault : FaultsOf(access, {"address", "ca", "cert", "key", "token"})) {
      faults.push_back(absl::StrCat(fault.setting, ": ", fault.what));
    }
    return faults;
  }

  static std::string Path(const std::string& name) { return certificates->Path(name); }

  static Certificates* certificates;
  TempDir directory;
};

Certificates* ServerAccessTest::certificates = nullptr;

TEST_F(ServerAccessTest, OnThisMachineNothingButAnAddressIsNeeded) {
  for (const std::string address : {"127.0.0.1:50051", "localhost:1", "[::1]:65535", "unix:/run/a.sock"}) {
    EXPECT_THAT(Faults({.address = address}), IsEmpty()) << address;
  }
}

TEST_F(ServerAccessTest, AnotherMachineNeedsTls) {
  for (const std::string address : {"clinic.example:50051", "10.0.0.1:50051", "[2001:db8::1]:50051"}) {
    EXPECT_THAT(Faults({.address = address}),
                ElementsAre(StartsWith("address: " + address + " is not on this machine")));
    EXPECT_THAT(Faults({.address = address, .ca_file = "system"}), IsEmpty());
    EXPECT_THAT(Faults({.address = address, .ca_file = Path("ca.pem")}), IsEmpty());
  }
}

TEST_F(ServerAccessTest, WhatIsNoAddressIsRefused) {
  for (const std::string address : {"", "localhost", "localhost:65536", "localhost:x", "http://localhost:1", "unix:",
                                    "a b:1", "::1:5", "127.0.0.1:50051/x"}) {
    EXPECT_THAT(Faults({.address = address}), ElementsAre(StartsWith("address: must be "))) << address;
  }
}

TEST_F(ServerAccessTest, ACertificateAndItsKeyGoTogetherAndNeedTls) {
  EXPECT_THAT(Faults({"localhost:1", Path("ca.pem"), Path("gateway.pem"), Path("gateway-key.pem")}), IsEmpty());
  EXPECT_THAT(Faults({"localhost:1", "system", Path("gateway.pem")}),
              ElementsAre("key: must be set, since its certificate is"));
  EXPECT_THAT(Faults({"localhost:1", "system", "", Path("gateway-key.pem")}),
              ElementsAre("cert: must be set, since its key is"));
  EXPECT_THAT(Faults({"localhost:1", "", Path("gateway.pem"), Path("gateway-key.pem")}),
              ElementsAre(StartsWith("ca: must be set for TLS")));
  EXPECT_THAT(Faults({"localhost:1", "system", Path("gateway.pem"), Path("other-key.pem")}),
              ElementsAre(HasSubstr("is not the key of")));
}

TEST_F(ServerAccessTest, AUnixSocketHasNoTls) {
  EXPECT_THAT(Faults({"unix:/run/a.sock", Path("ca.pem"), Path("gateway.pem"), Path("gateway-key.pem")}),
              ElementsAre(StartsWith("ca: must not be set"), StartsWith("cert: must not be set")));
}

TEST_F(ServerAccessTest, EveryBadSettingIsNamedAtOnce) {
  const std::string token = directory.Write("token", "secret");
  chmod(token.c_str(), 0644);
  const std::string text = directory.Write("text", "no PEM");
  chmod(text.c_str(), 0600);
  EXPECT_THAT(Faults({"clinic", text, "/no/such/file", text, token}),
              ElementsAre(StartsWith("address: must be"), "ca: " + text + " holds no certificate in PEM form",
                          "cert: /no/such/file cannot be read: No such file or directory",
                          "key: " + text + " holds no private key in PEM form",
                          StartsWith("token: " + token + " may be read")));
}

TEST_F(ServerAccessTest, AKeyThatAnybodyMayReadIsRefused) {
  const std::string key = directory.Write("key.pem", certificates->Content("gateway-key.pem"));
  chmod(key.c_str(), 0644);
  EXPECT_THAT(Faults({"localhost:1", "system", Path("gateway.pem"), key}), ElementsAre(HasSubstr("by anybody")));
}

}  // namespace
}  // namespace aftercare
