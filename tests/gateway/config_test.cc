#include "services/gateway/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/certificates.h"

namespace aftercare::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kWebhook[] = "webhook { url: 'https://clinic.example/hook' secret: '0123456789abcdef' }";

// A channel that is good but for `more`.
std::string Sms(const std::string& more) {
  return "sms { url: 'https://sms.example/' username: 'u' password: 'p' from: '+15550100' " + more + " }";
}

class ConfigTest : public ::testing::Test {
 protected:
  ~ConfigTest() override { std::filesystem::remove(path_); }

  absl::StatusOr<v1::GatewayConfig> Load(const std::string& text, const Settings& environment = {},
                                         const Settings& flags = {}) {
    std::ofstream(path_) << text;
    return LoadConfig(path_, environment, flags);
  }

  // What is said of a file that is refused.
  std::string Refusal(const std::string& text, const Settings& environment = {}) {
    const auto config = Load(text, environment);
    EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument) << config.status();
    return std::string(config.status().message());
  }

 private:
  const std::string path_ =
      (std::filesystem::temp_directory_path() / ("aftercare-gateway-" + std::to_string(getpid()) + ".textproto"))
          .string();
};

TEST_F(ConfigTest, WhatIsNotSaidHasADefault) {
  const auto config = Load(kWebhook);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->server(), "127.0.0.1:50051");
  EXPECT_EQ(config->parent(), "clinics/-");
  EXPECT_EQ(config->log_level(), "info");
  EXPECT_EQ(config->webhook().concurrency(), 4);
  EXPECT_EQ(ToTimeout(config->webhook().timeout()), absl::Seconds(30));
  EXPECT_FALSE(config->has_email());
}

TEST_F(ConfigTest, LaterSourcesWin) {
  const auto config = Load(std::string("log_level: 'warn' parent: 'clinics/a' server: '127.0.0.1:1' ") + kWebhook,
                           {{"AFTERCARE_GATEWAY_PARENT", "clinics/b"},
                            {"AFTERCARE_GATEWAY_SERVER", "127.0.0.1:2"},
                            {"AFTERCARE_GATEWAY_WEBHOOK_SECRET", "fedcba9876543210"},
                            {"AFTERCARE_LISTEN", "not ours"}},
                           {{"server", "127.0.0.1:3"}, {"parent", ""}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->log_level(), "warn");
  EXPECT_EQ(config->parent(), "clinics/b");
  EXPECT_EQ(config->server(), "127.0.0.1:3");
  EXPECT_EQ(config->webhook().secret(), "fedcba9876543210");
}

TEST_F(ConfigTest, AnUnknownKeyIsAnErrorWithItsLine) {
  EXPECT_THAT(Refusal("webhook {\n  url: 'https://clinic.example/hook'\n  sceret: '0123456789abcdef'\n}"),
              AllOf(HasSubstr("line 3"), HasSubstr("sceret")));
  EXPECT_THAT(Refusal(kWebhook, {{"AFTERCARE_GATEWAY_WEBHOOK_SCERET", "x"}}),
              HasSubstr("AFTERCARE_GATEWAY_WEBHOOK_SCERET"));
}

TEST_F(ConfigTest, EveryBadFieldIsNamed) {
  EXPECT_THAT(Refusal("server: 'clinic.example:50051' parent: 'riverside'"),
              AllOf(HasSubstr("server:"), HasSubstr("parent:"), HasSubstr("email, sms, webhook:")));
  EXPECT_THAT(Refusal("email { url: 'mail.example' username: 'u' from_address: 'x' subject: 'a\\nb' concurrency: 65 "
                      "timeout: '10m' ca_file: '/no/such/file' }"),
              AllOf(HasSubstr("email.url:"), HasSubstr("email.password:"), HasSubstr("email.from_address:"),
                    HasSubstr("email.subject:"), HasSubstr("email.concurrency:"), HasSubstr("email.timeout:"),
                    HasSubstr("email.ca_file:")));
  EXPECT_THAT(Refusal("sms { callback_listen: '0.0.0.0:80' callback_token: 'short' numbers { number: '+1' } }"),
              AllOf(HasSubstr("sms.url:"), HasSubstr("sms.username:"), HasSubstr("sms.password:"),
                    HasSubstr("sms.from:"), HasSubstr("sms.callback_listen:"), HasSubstr("sms.callback_token:"),
                    HasSubstr("sms.numbers[0].clinic:")));
  EXPECT_THAT(Refusal("webhook { secret: 'short' }"), AllOf(HasSubstr("webhook.url:"), HasSubstr("webhook.secret:")));
  EXPECT_THAT(Refusal(std::string("log_level: 'loud' ") + kWebhook), HasSubstr("log_level:"));
}

TEST_F(ConfigTest, EveryBadNumberIsNamed) {
  const std::string refusal = Refusal(Sms(
      "callback_listen: '127.0.0.1:0' callback_token: '0123456789abcdef' default_clinic: 'clinics/-' "
      "numbers { number: '+15550100' clinic: 'clinics/a' other_clinics: ['clinics/b', 'clinics/a', 'clinics/b', 'B'] } "
      "numbers { number: '0015550100' clinic: 'clinics/A' } numbers { number: '12345' clinic: 'clinics/a' } "
      "numbers { clinic: 'clinics/a/b' } numbers { number: '12345' clinic: 'clinics/c' }"));
  EXPECT_THAT(refusal, AllOf(HasSubstr("sms.default_clinic:"), HasSubstr("sms.numbers[0].other_clinics[1]:"),
                             HasSubstr("sms.numbers[0].other_clinics[2]:"),
                             HasSubstr("sms.numbers[0].other_clinics[3]:"),
                             HasSubstr("sms.numbers[1].number: must not be the number of sms.numbers[0]"),
                             HasSubstr("sms.numbers[1].clinic:"), HasSubstr("sms.numbers[3].number:"),
                             HasSubstr("sms.numbers[3].clinic:"),
                             HasSubstr("sms.numbers[4].number: must not be the number of sms.numbers[2]")));
  EXPECT_THAT(refusal, AllOf(Not(HasSubstr("numbers[0].number:")), Not(HasSubstr("other_clinics[0]")),
                             Not(HasSubstr("numbers[2]."))));
}

TEST_F(ConfigTest, ANumberHasAtMostAHundredOtherClinics) {
  std::string clinics;
  const auto config = [&] {
    return Sms("callback_listen: '127.0.0.1:0' callback_token: '0123456789abcdef' default_clinic: 'clinics/a' "
               "numbers { number: '+15550100' clinic: 'clinics/a' " + clinics + "}");
  };
  for (int i = 0; i < 100; ++i) clinics += "other_clinics: 'clinics/b" + std::to_string(i) + "' ";
  EXPECT_TRUE(Load(config()).ok());
  clinics += "other_clinics: 'clinics/c' ";
  EXPECT_THAT(Refusal(config()), HasSubstr("sms.numbers[0].other_clinics: must be at most 100"));
}

TEST_F(ConfigTest, RepliesToOtherNumbersHaveAClinic) {
  const std::string callbacks = "callback_listen: '127.0.0.1:0' callback_token: '0123456789abcdef' ";
  EXPECT_THAT(Refusal(Sms(callbacks)), HasSubstr("sms.default_clinic: must be set"));
  EXPECT_TRUE(Load("parent: 'clinics/a' " + Sms(callbacks)).ok());
  EXPECT_TRUE(Load("parent: 'clinics/a' " + Sms(callbacks + "default_clinic: 'clinics/b'")).ok());
  EXPECT_THAT(Refusal(Sms("default_clinic: 'clinics/a'")), AllOf(HasSubstr("sms.callback_listen:"),
                                                                 HasSubstr("default_clinic")));
}

TEST_F(ConfigTest, TheServerMayBeElsewhereByTls) {
  const Certificates certificates;
  const std::string server = "server: 'clinic.example:50051' " + std::string(kWebhook);
  EXPECT_THAT(Refusal(server), AllOf(HasSubstr("server: clinic.example:50051"), HasSubstr("set server_ca_file")));
  const auto config = Load(server + "server_ca_file: '" + certificates.Path("ca.pem") + "' server_cert_file: '" +
                           certificates.Path("server.pem") + "' server_key_file: '" +
                           certificates.Path("server-key.pem") + "'");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(AccessOf(*config).ca_file, certificates.Path("ca.pem"));
  EXPECT_EQ(AccessOf(*config).cert_file, certificates.Path("server.pem"));
  EXPECT_EQ(AccessOf(*config).key_file, certificates.Path("server-key.pem"));
  EXPECT_TRUE(Load(kWebhook, {}, {{"server", "unix:/run/aftercare/a.sock"}}).ok());
}

TEST_F(ConfigTest, EveryBadSettingOfTheServerIsNamed) {
  EXPECT_THAT(Refusal("server_cert_file: '/no/cert' server_token_file: '/no/token' " + std::string(kWebhook)),
              AllOf(HasSubstr("server_ca_file: must be set"), HasSubstr("server_cert_file: /no/cert cannot be read"),
                    HasSubstr("server_key_file: must be set"), HasSubstr("server_token_file: /no/token cannot")));
}

TEST_F(ConfigTest, CallbacksMayComeFromElsewhereByTls) {
  const Certificates certificates;
  const std::string cert = " callback_cert_file: '" + certificates.Path("server.pem") + "' ";
  const std::string key = " callback_key_file: '" + certificates.Path("server-key.pem") + "' ";
  const auto callbacks = [](const std::string& address, const std::string& more) {
    return Sms("callback_listen: '" + address + "' callback_token: '0123456789abcdef' default_clinic: 'clinics/a' " +
               more);
  };
  const std::string url = " callback_url: 'https://gateway.example:8443' ";
  EXPECT_TRUE(Load(callbacks("0.0.0.0:8443", cert + key + url)).ok());
  EXPECT_TRUE(Load(callbacks("10.0.0.1:8443", cert + key)).ok());
  EXPECT_THAT(Refusal(callbacks("0.0.0.0:8443", url)), HasSubstr("or callback_cert_file must be set"));
  EXPECT_THAT(Refusal(callbacks("[::]:8443", cert + key)), HasSubstr("sms.callback_url: must be set"));
  EXPECT_THAT(Refusal(callbacks("nowhere", cert + key)), HasSubstr("sms.callback_listen: must be host:port"));
  EXPECT_THAT(Refusal(callbacks("127.0.0.1:0", cert)), HasSubstr("sms.callback_key_file: must be set"));
  EXPECT_THAT(Refusal(callbacks("127.0.0.1:0", key)), HasSubstr("sms.callback_cert_file: must be set"));
  EXPECT_THAT(Refusal(callbacks("127.0.0.1:0", " callback_cert_file: '/no/cert' callback_key_file: '/no/key' ")),
              AllOf(HasSubstr("sms.callback_cert_file: /no/cert"), HasSubstr("sms.callback_key_file: /no/key")));
  EXPECT_THAT(Refusal(Sms(cert + key)), HasSubstr("sms.callback_listen: must be set"));
}

TEST_F(ConfigTest, NothingIsSentInTheClearBeyondThisHost) {
  EXPECT_THAT(Refusal("webhook { url: 'http://clinic.example/hook' secret: '0123456789abcdef' }"),
              HasSubstr("webhook.url: must be https"));
  EXPECT_TRUE(Load("webhook { url: 'http://127.0.0.1:8080/hook' secret: '0123456789abcdef' }").ok());
}

TEST_F(ConfigTest, SecretsAreNotShown) {
  const auto config = Load(std::string(kWebhook) +
                           " email { url: 'smtps://mail.example:465' username: 'u' password: 'hush-1' from_address: "
                           "'a@b.c' subject: 's' } sms { url: 'https://sms.example/' username: 'u' password: 'hush-2' "
                           "from: '1' callback_listen: '127.0.0.1:0' callback_token: 'hush-3-hush-3-hush' "
                           "default_clinic: 'clinics/a' }");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_THAT(Presentable(*config), AllOf(Not(HasSubstr("hush")), Not(HasSubstr("0123456789abcdef")),
                                          HasSubstr("smtps://mail.example:465"), HasSubstr("***")));
}

TEST_F(ConfigTest, TheSamplesAreGood) {
  int samples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(AFTERCARE_SOURCE_DIR "/deploy/gateway")) {
    if (entry.path().extension() != ".textproto") continue;
    ++samples;
    const auto config = LoadConfig(entry.path(), {}, {});
    EXPECT_TRUE(config.ok()) << entry.path() << ": " << config.status();
  }
  EXPECT_EQ(samples, 3);
}

}  // namespace
}  // namespace aftercare::gateway
