#include "services/common/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aftercare/v1/config.pb.h"
#include "aftercare/v1/gateway_config.pb.h"

namespace aftercare {
namespace {

using ::testing::HasSubstr;

TEST(SettingsTest, AVariableNamesAFieldOrAFieldOfAMessage) {
  v1::GatewayConfig config;
  const absl::Status status = ApplyEnvironment(
      {{"X_LOG_LEVEL", "warn"}, {"X_EMAIL_PASSWORD", "secret"}, {"X_EMAIL_CONCURRENCY", "7"}, {"PATH", "/bin"}}, "X_",
      &config);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(config.log_level(), "warn");
  EXPECT_EQ(config.email().password(), "secret");
  EXPECT_EQ(config.email().concurrency(), 7);
  EXPECT_FALSE(config.has_sms());
}

TEST(SettingsTest, WhatIsNoSettingIsNamed) {
  v1::GatewayConfig config;
  EXPECT_THAT(ApplyEnvironment({{"X_EMAIL_PASSWROD", "secret"}}, "X_", &config).ToString(),
              HasSubstr("X_EMAIL_PASSWROD is not a setting"));
  EXPECT_THAT(ApplyEnvironment({{"X_SMS_NUMBERS", "+1"}}, "X_", &config).ToString(), HasSubstr("X_SMS_NUMBERS"));
  EXPECT_THAT(ApplyEnvironment({{"X_EMAIL", "1"}}, "X_", &config).ToString(), HasSubstr("X_EMAIL"));
  EXPECT_THAT(ApplyFlags({{"colour", "red"}}, &config).ToString(), HasSubstr("--colour is not a setting"));
}

TEST(SettingsTest, ANumberMustBeOne) {
  v1::GatewayConfig config;
  EXPECT_THAT(ApplyEnvironment({{"X_SMS_CONCURRENCY", "many"}}, "X_", &config).ToString(),
              HasSubstr("X_SMS_CONCURRENCY must be a whole number"));
}

TEST(SettingsTest, ANumberMayHaveAFraction) {
  v1::Config config;
  EXPECT_TRUE(ApplyFlags({{"request_log_share", "0.5"}}, &config).ok());
  EXPECT_EQ(config.request_log_share(), 0.5);
  EXPECT_THAT(ApplyFlags({{"request_log_share", "half"}}, &config).ToString(),
              HasSubstr("--request_log_share must be a number"));
}

TEST(SettingsTest, AFileThatCannotBeReadIsAnError) {
  v1::Config config;
  EXPECT_EQ(ApplyFile("/no/such/file", &config).message(), "cannot read /no/such/file");
  EXPECT_EQ(ApplyFile("/tmp", &config).message(), "cannot read /tmp") << "a folder";
  EXPECT_TRUE(ApplyFile("/dev/null", &config).ok());
}

}  // namespace
}  // namespace aftercare
